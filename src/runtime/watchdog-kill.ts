/**
 * What becomes of a program that has missed its watchdog: SIGABRT, which leaves a core to look at, and after stopwaitsecs SIGKILL. It is then a
 * crash like any other: autorestart says what follows. Of a generation that is on its way in or out nobody minds.
 */
import { type LogText, ownTexts, processTexts } from '../core/log-texts.ts';
import { milliseconds } from '../readiness/notify-message.ts';
import { Watchdog } from '../readiness/watchdog.ts';
import type { Child } from './child.ts';
import type { Deadlines } from './deadlines.ts';
import type { Member } from './member.ts';

const SIGABRT = 6;
const SIGKILL = 9;

export interface WatchdogKillOptions {
  readonly deadlines: Deadlines;
  readonly kill: (pid: number, signal: number, group: boolean) => void;
  readonly log: (line: LogText) => void;
}

/** null: it was given nothing to tell by. To be ended when the generation has gone. */
export function killByWatchdog(
  member: Member,
  child: Child,
  { deadlines, kill, log }: WatchdogKillOptions,
): { end(): void } | null {
  const { notifications } = child.ready;
  if (notifications === null) return null;
  const { spec } = member;
  let callOff = () => {};
  const watchdog = new Watchdog({
    notifications,
    intervalMs: milliseconds(spec.environment.findLast(([name]) => name === 'WATCHDOG_USEC')?.[1]),
    after: (ms, wake) => deadlines.after(ms, wake),
    missed: (text) => {
      if (member.current !== child || member.state !== 'RUNNING') return;
      watchdog.end();
      log(ownTexts.watchdogMissed(spec.name, child.pid, text));
      kill(child.pid, SIGABRT, spec.stopAsGroup);
      callOff = deadlines.after(spec.stopWaitSecs * 1000, () => {
        log(processTexts.killingWithSigkill(spec.name, child.pid));
        kill(child.pid, SIGKILL, spec.killAsGroup);
      });
    },
  });
  return {
    end: () => {
      watchdog.end();
      callOff();
    },
  };
}
