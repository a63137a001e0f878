import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { diesWithUs } from './dies-with-us.ts';
import { needs } from './needs.ts';
import { isAlive } from './rig.ts';
import { until } from './until.ts';

test('a daemon that a test has started ends with it, even when that was killed', async (t) => {
  if (!needs(t, { command: '/usr/bin/setpriv', apt: 'util-linux' })) return;
  const [file, args] = diesWithUs(['/bin/sleep', '1000']);
  const code = `const child = require('node:child_process').spawn(${JSON.stringify(file)}, ${JSON.stringify(args)}); console.log(child.pid); setInterval(() => {}, 1e6)`;
  const killed = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(killed.stdout, 'data')) as [Buffer];
  const pid = Number(text);
  assert.ok(isAlive(pid));
  killed.kill('SIGKILL');
  await until('the daemon to end', () => !isAlive(pid));
});
