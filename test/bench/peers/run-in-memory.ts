/**
 * /run is in memory wherever hupd is meant to run, and so is what hupd makes there, two FIFOs a start. On a machine where it is on a disk (a
 * container's, often) the bench gives itself one in memory: itself once more, where nobody else sees what is mounted.
 */
import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';

const TMPFS_MAGIC = 0x01021994;
const mark = 'HUPD_BENCH_OWN_RUN';
const mount = ['mount', '-t', 'tmpfs', 'tmpfs', '/run'];

/** Comes back if there is nothing to do, or nothing can be done: see `runNote`. */
export function insistOnRunInMemory(): void {
  if (isInMemory() || spawnSync('unshare', ['-m', ...mount], { stdio: 'ignore' }).status !== 0) return;
  const again = [process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', ['-m', 'sh', '-c', `${mount.join(' ')} && exec "$@"`, 'sh', ...again], {
    stdio: 'inherit',
    env: { ...process.env, [mark]: '1' },
  });
  process.exit(status ?? 1);
}

/** What a reader has to know of it. */
export function runNote(): readonly string[] {
  if (!isInMemory())
    return ['/run is no tmpfs here: that makes hupd’s starts dearer, since each makes two FIFOs there'];
  return process.env[mark] === undefined ? [] : ['/run, on a disk here, was a tmpfs for all'];
}

function isInMemory(): boolean {
  return statfsSync('/run').type === TMPFS_MAGIC;
}
