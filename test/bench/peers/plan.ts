/** How much of everything: the default takes some ten minutes on two quiet cores, `--full` an hour, `--quick` shows that it works. */
export interface Plan {
  readonly programs: readonly number[];
  readonly rounds: number;
  readonly restSecs: number;
  readonly crashes: number;
  readonly rpcPrograms: readonly number[];
  readonly rpcMs: number;
  readonly logBlockMb: number;
  readonly logLineMb: number;
  /** Of one load; a reload every six of them. */
  readonly loadSecs: number;
  /** Install pm2 into a temporary directory and measure it too. */
  readonly withPm2: boolean;
}

export function planOf(flags: readonly string[]): Plan {
  const withPm2 = flags.includes('--pm2');
  if (flags.includes('--full')) {
    return {
      ...{ programs: [1, 10, 100, 200, 500, 1000, 5000], rounds: 5, restSecs: 120, crashes: 500 },
      ...{
        rpcPrograms: [10, 100, 500, 1000, 5000],
        rpcMs: 3000,
        logBlockMb: 2000,
        logLineMb: 300,
        loadSecs: 60,
        withPm2,
      },
    };
  }
  if (flags.includes('--quick')) {
    return {
      ...{ programs: [1, 100], rounds: 1, restSecs: 5, crashes: 20 },
      ...{ rpcPrograms: [100], rpcMs: 700, logBlockMb: 50, logLineMb: 5, loadSecs: 6, withPm2 },
    };
  }
  return {
    ...{ programs: [1, 10, 100, 200, 1000], rounds: 3, restSecs: 60, crashes: 100 },
    ...{ rpcPrograms: [10, 100, 500], rpcMs: 1000, logBlockMb: 400, logLineMb: 60, loadSecs: 30, withPm2 },
  };
}
