/** An installed hupd in use: it leaves the terminal, runs a program, replaces it gracefully and shuts down, all by the commands that were installed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configText, run } from '../support/rig.ts';
import { until } from '../support/until.ts';
import type { CleanRoot } from './clean-root.ts';

export interface Installed {
  readonly daemon: string;
  readonly ctl: string;
  /** Where it was installed; ours when none is given. */
  readonly root?: CleanRoot;
}

export async function useInstalled({ daemon, ctl, root }: Installed): Promise<void> {
  const outside = mkdtempSync(join(root?.path ?? '', '/tmp/hupd-used-'));
  const dir = outside.slice(root?.path.length ?? 0);
  const config = join(dir, 'supervisord.conf');
  const programs = `[program:web]
command=sleep 1000
startsecs=0
reload_strategy=rolling
reload_overlap=0
`;
  writeFileSync(join(outside, 'supervisord.conf'), configText(dir, { programs }));
  const call = (file: string, ...args: string[]) => (root === undefined ? run(file, args) : root.run(file, ...args));
  let daemonPid = 0;
  try {
    const started = await call(daemon, '-c', config);
    assert.equal(started.status, 0, `${started.stdout}${started.stderr}`);
    daemonPid = Number((await call(ctl, '-c', config, 'pid')).stdout);
    const before = await call(ctl, '-c', config, 'pid', 'web');
    assert.match((await call(ctl, '-c', config, 'status')).stdout, /^web +RUNNING +pid \d+, uptime /);
    const reloaded = await call(ctl, '-c', config, 'reload', 'web');
    assert.equal(reloaded.status, 0, `${reloaded.stdout}${reloaded.stderr}`);
    const after = await call(ctl, '-c', config, 'pid', 'web');
    assert.match(after.stdout, /^\d+\n$/);
    assert.notEqual(after.stdout, before.stdout);
    // Only with koffi loaded does hupd hand anything over; without it this line would be there.
    assert.doesNotMatch(readFileSync(join(outside, 'hupd.log'), 'utf8'), /C library can not be called/);
    assert.equal((await call(ctl, '-c', config, 'shutdown')).stdout, 'Shut down\n');
    await until('the end of the daemon', () => !isAlive(daemonPid));
    daemonPid = 0;
  } finally {
    if (daemonPid > 0) process.kill(daemonPid, 'SIGTERM');
    rmSync(outside, { recursive: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
