/**
 * How much of everything: the default takes some ten minutes on two quiet cores, `--full` two hours, `--quick` shows that it works, and `--grow` goes
 * through every row once with 10, 100, 1,000 and 5,000 programs.
 */
export interface Plan {
  /** Of lives: start, rest and stop. */
  readonly programs: readonly number[];
  readonly rounds: number;
  readonly restSecs: number;
  readonly crashes: number;
  /** How many programs there are, of calls and `status`. */
  readonly rpcPrograms: readonly number[];
  readonly rpcMs: number;
  /** How many programs there are, the one that is looked at among them, of crashes, logs and reloads. */
  readonly among: readonly number[];
  readonly logBlockMb: number;
  readonly logLineMb: number;
  /** Of one load; a reload every six of them. */
  readonly loadSecs: number;
  /** Install pm2 into a temporary directory and measure it too. */
  readonly withPm2: boolean;
}

type Size = Omit<Plan, 'withPm2'>;

const normal: Size = {
  ...{
    programs: [1, 100, 200, 500, 1000],
    rounds: 3,
    restSecs: 30,
    crashes: 100,
    rpcPrograms: [100, 500],
    rpcMs: 1000,
  },
  ...{ among: [1], logBlockMb: 800, logLineMb: 200, loadSecs: 30 },
};
const quick: Size = {
  ...{ programs: [1, 100], rounds: 1, restSecs: 5, crashes: 20, rpcPrograms: [100], rpcMs: 700 },
  ...{ among: [1], logBlockMb: 50, logLineMb: 5, loadSecs: 6 },
};
const sizes = [10, 100, 1000, 5000];

const plans: Readonly<Record<string, Size>> = {
  '--quick': quick,
  '--grow': { ...quick, programs: sizes, rpcPrograms: sizes, among: sizes },
  '--full': {
    ...{ programs: [1, 10, 100, 200, 500, 1000, 5000], rounds: 5, restSecs: 120, crashes: 500 },
    ...{ rpcPrograms: [10, 100, 500, 1000, 5000], rpcMs: 3000, among: [1, ...sizes] },
    ...{ logBlockMb: 2000, logLineMb: 300, loadSecs: 60 },
  },
};

export const planFlags: readonly string[] = [...Object.keys(plans), '--pm2', '--readme'];

export function planOf(flags: readonly string[]): Plan {
  const chosen = flags.map((flag) => plans[flag]).find((plan) => plan !== undefined) ?? normal;
  return { ...chosen, withPm2: flags.includes('--pm2') };
}
