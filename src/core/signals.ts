/**
 * Signals by name and number, as Linux numbers them on the machines that Node runs on and as supervisord prints them. Node's own table lacks
 * the real-time ones and has other names for some.
 */

const names: ReadonlyArray<readonly [number: number, name: string, ...others: string[]]> = [
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT', 'SIGIOT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [10, 'SIGUSR1'],
  [11, 'SIGSEGV'],
  [12, 'SIGUSR2'],
  [13, 'SIGPIPE'],
  [14, 'SIGALRM'],
  [15, 'SIGTERM'],
  [16, 'SIGSTKFLT'],
  [17, 'SIGCHLD', 'SIGCLD'],
  [18, 'SIGCONT'],
  [19, 'SIGSTOP'],
  [20, 'SIGTSTP'],
  [21, 'SIGTTIN'],
  [22, 'SIGTTOU'],
  [23, 'SIGURG'],
  [24, 'SIGXCPU'],
  [25, 'SIGXFSZ'],
  [26, 'SIGVTALRM'],
  [27, 'SIGPROF'],
  [28, 'SIGWINCH'],
  [29, 'SIGPOLL', 'SIGIO'],
  [30, 'SIGPWR'],
  [31, 'SIGSYS'],
  [34, 'SIGRTMIN'],
  [64, 'SIGRTMAX'],
];

const nameByNumber: ReadonlyMap<number, string> = new Map(names.map(([number, name]) => [number, name]));

/** Every name, aliases included, each with `SIG` in front. */
export const signalNumbers: ReadonlyMap<string, number> = new Map(
  names.flatMap(([number, ...all]) => all.map((name) => [name, number] as const)),
);

/** `SIGTERM`; `signal 40` for one without a name. */
export function signalName(signal: number): string {
  return nameByNumber.get(signal) ?? `signal ${signal}`;
}
