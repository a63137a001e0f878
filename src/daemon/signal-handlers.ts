/**
 * What the daemon does on a signal (compat 4.2). The handlers stay for good once they are there: between two lives a signal waits for the
 * next one. SIGUSR1, which supervisord leaves free, upgrades in place.
 */
import { daemonTexts, type LogText, ownTexts } from '../core/log-texts.ts';
import { signalNumbers } from '../core/signals.ts';
import type { DaemonStateName } from '../core/states.ts';

/** The daemon, as far as signals go. */
export interface Signalled {
  readonly daemonState: DaemonStateName;
  say(line: LogText): void;
  shutdown(): void;
  restart(): unknown;
  reopenLogs(): void;
  upgrade(): Promise<unknown>;
}

export interface DaemonSignals {
  /** Who is told from now on; null: what comes waits. */
  attach(daemon: Signalled | null): void;
}

const acts: ReadonlyArray<readonly [NodeJS.Signals, (daemon: Signalled, number: number) => void]> = [
  ['SIGTERM', leave],
  ['SIGINT', leave],
  ['SIGQUIT', leave],
  ['SIGHUP', restart],
  ['SIGUSR2', reopen],
  ['SIGUSR1', upgrade],
  // The reaper has its own handler, which has run by now.
  ['SIGCHLD', (daemon, number) => daemon.say(daemonTexts.childQuit(number))],
];

/** To be called once, after the reaper is there. */
export function handleSignals(): DaemonSignals {
  let daemon: Signalled | null = null;
  let waiting: Array<() => void> = [];
  for (const [signal, act] of acts) {
    const number = signalNumbers.get(signal) ?? 0;
    const take = () => {
      if (daemon !== null) act(daemon, number);
      else if (signal !== 'SIGCHLD') waiting.push(take);
    };
    process.on(signal, take);
  }
  return {
    attach(next) {
      daemon = next;
      if (next === null) return;
      const due = waiting;
      waiting = [];
      for (const take of due) take();
    },
  };
}

function leave(daemon: Signalled, number: number): void {
  daemon.say(daemonTexts.exitRequest(number));
  daemon.shutdown();
}

function restart(daemon: Signalled, number: number): void {
  if (daemon.daemonState === 'SHUTDOWN') return daemon.say(daemonTexts.restartIgnored(number));
  daemon.say(daemonTexts.restartRequest(number));
  daemon.restart();
}

function upgrade(daemon: Signalled, number: number): void {
  daemon.say(ownTexts.upgradeRequest(number));
  void daemon.upgrade();
}

function reopen(daemon: Signalled, number: number): void {
  daemon.say(daemonTexts.reopenRequest(number));
  daemon.reopenLogs();
}
