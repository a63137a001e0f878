/**
 * The same chunks through real supervisord's rotation and through ours: the same files with the same contents. The child writes a chunk, then waits
 * until the daemon has logged it, so that no two chunks are read as one.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RotatingFile } from '../../src/log/rotating-file.ts';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const cases: ReadonlyArray<{ readonly maxBytes: number; readonly backups: number; readonly sizes: readonly number[] }> =
  [
    { maxBytes: 10, backups: 3, sizes: [4, 5, 1, 9, 1, 30, 10, 3] },
    { maxBytes: 10, backups: 0, sizes: [4, 5, 1, 9, 1, 30, 3] },
    { maxBytes: 1, backups: 1, sizes: [1, 2, 3] },
    { maxBytes: 1, backups: 12, sizes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] },
    { maxBytes: 0, backups: 3, sizes: [100, 200, 4000] },
    { maxBytes: 100, backups: 2, sizes: [99, 1, 100, 101, 50, 49, 2] },
  ];

const child = `
import os, sys, time
log, done, sizes = sys.argv[1], sys.argv[2], [int(n) for n in sys.argv[3].split(',')]
def seen():
    s = os.stat(log)
    return s.st_ino, s.st_size, s.st_mtime_ns
for i, size in enumerate(sizes):
    time.sleep(0.01)
    before = seen()
    os.write(1, bytes([97 + i]) * size)
    while True:
        try:
            if seen() != before: break
        except FileNotFoundError:
            pass
        time.sleep(0.002)
open(done, 'w').close()
time.sleep(3600)
`;

function contents(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}

test('a log rotates as under real supervisord: the same names, the same sizes, the same contents', async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
  const dir = tempDir(t);
  writeFileSync(join(dir, 'child.py'), child);
  const programs = cases.map(({ maxBytes, backups, sizes }, i) => {
    mkdirSync(join(dir, `theirs-${i}`));
    const log = join(dir, `theirs-${i}`, 'log');
    return `
[program:p${i}]
command=/usr/bin/python3 -S ${dir}/child.py ${log} ${dir}/done-${i} ${sizes.join(',')}
stdout_logfile=${log}
stdout_logfile_maxbytes=${maxBytes}
stdout_logfile_backups=${backups}
redirect_stderr=true
stopsignal=KILL
`;
  });
  // One group: groups are stopped one after the other, a second each.
  const group = `[group:all]\nprograms=${cases.map((_, i) => `p${i}`).join(',')}\n`;
  const settings = `nodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=${dir}/pid\nchildlogdir=${dir}`;
  writeFileSync(join(dir, 'conf'), `[supervisord]\n${settings}\n${group}${programs.join('')}`);
  const supervisord = spawn('/usr/bin/supervisord', ['-c', join(dir, 'conf')], { stdio: 'ignore' });
  try {
    await until('every child to have written everything', () =>
      cases.every((_, i) => existsSync(join(dir, `done-${i}`))),
    );
  } finally {
    supervisord.kill('SIGTERM');
    await once(supervisord, 'exit');
  }
  for (const [i, { maxBytes, backups, sizes }] of cases.entries()) {
    const ours = join(dir, `ours-${i}`);
    mkdirSync(ours);
    const file = new RotatingFile({
      path: join(ours, 'log'),
      maxBytes,
      backups,
      report: ({ text }) => assert.fail(text),
    });
    file.open();
    for (const [n, size] of sizes.entries()) file.write(String.fromCharCode(97 + n).repeat(size));
    file.close();
    assert.deepEqual(contents(ours), contents(join(dir, `theirs-${i}`)), JSON.stringify(cases[i]));
  }
});
