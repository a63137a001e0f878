/**
 * Ready when every worker of a gunicorn is: each has an unlinked heartbeat file, held open by the master too, whose ctime first moves when the
 * worker enters its serving loop (seen in 20.1 and 26.1, sync and gthread; design.md). Comes after `accept`, which proves one worker.
 * Best effort: where /proc does not tell, the first worker counts for all.
 */
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { askAgainMs, type CheckContext, type RunningCheck } from './check.ts';

/** The master makes the file and changes its owner at once; a later change is the worker's. */
const bornWithinMs = 20;
/** A serving worker touches its file whenever its loop turns; with no traffic that may take long, so a connection turns it. */
const looksPerNudge = 10;

export function checkGunicornWorkers(expected: number, context: CheckContext): RunningCheck {
  const { pid, probe, after, ready, answered } = context;
  let callOff = () => {};
  let looks = 0;
  const look = () => {
    const beats = heartbeats(pid);
    const serving = beats.filter((beat) => beat.changed > beat.born + bornWithinMs).length;
    if (beats.length === 0 || serving >= Math.max(expected, beats.length)) return ready();
    answered(`${serving} of ${Math.max(expected, beats.length)} workers serve`);
    looks += 1;
    if (looks % looksPerNudge === 0) probe?.connect().close();
    callOff = after(askAgainMs, look);
  };
  look();
  return { stop: () => callOff() };
}

/** One a worker, as wall milliseconds. */
function heartbeats(master: number): ReadonlyArray<{ readonly born: number; readonly changed: number }> {
  try {
    return readdirSync(`/proc/${master}/fd`)
      .map((fd) => `/proc/${master}/fd/${fd}`)
      .filter((path) => readlinkSync(path).includes('/wgunicorn-'))
      .map((path) => statSync(path))
      .map(({ birthtimeMs, ctimeMs }) => ({ born: birthtimeMs, changed: ctimeMs }));
  } catch {
    return []; // gone meanwhile, or not ours to look at
  }
}
