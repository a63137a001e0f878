/** The daemon's own log and those of the processes, emptied at a client's wish and opened anew after a rotation from outside. */
import { daemonTexts } from '../core/log-texts.ts';
import { makeNamespec } from '../core/namespec.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import type { Member } from './member.ts';
import { refusal } from './refusal.ts';
import type { Outcome } from './supervision.ts';

export function clearMainLog(log: DaemonLog): Outcome {
  if (log.path === null) return refusal('NO_FILE', '');
  const trouble = log.clear();
  if (trouble !== null) return refusal(trouble.errno === 'ENOENT' ? 'NO_FILE' : 'FAILED', '');
  log.say(daemonTexts.reopeningLogFile());
  return { ok: true };
}

export function clearProcessLogs({ logs, spec }: Member): Outcome {
  const troubles = [logs.stdout.clear(), logs.stderr.clear()];
  if (troubles.every((trouble) => trouble === null)) return { ok: true };
  return refusal('FAILED', makeNamespec(spec.group, spec.name));
}

export function reopenAll(log: DaemonLog, members: Iterable<Member>): void {
  log.say(daemonTexts.logReopen());
  log.reopen();
  for (const { logs } of members) {
    logs.stdout.reopen();
    logs.stderr.reopen();
  }
}
