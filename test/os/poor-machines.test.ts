/** What is left on a machine with an old C library, or with none that can be called. */
import assert from 'node:assert/strict';
import { closeSync, cpSync, openSync, realpathSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadLibc } from '../../src/os/libc.ts';
import { Limits } from '../../src/os/limits.ts';
import { findMissing } from '../../src/os/missing.ts';
import { spawn } from '../../src/os/spawn.ts';
import { collect, rig } from './rig.ts';

test('without closefrom and chdir in the C library a child has its directory and no descriptor of ours all the same', async (t) => {
  const { os, shell, exit, directory } = rig(t);
  const loaded = loadLibc();
  assert.ok(loaded.ok);
  const old = { ...loaded.libc, actionsChdir: null, actionsCloseFrom: null };
  assert.deepEqual(
    findMissing(old)
      .map(({ facility }) => facility)
      .filter((facility) => facility === 'chdir' || facility === 'closefrom'),
    ['closefrom', 'chdir'],
  );
  writeFileSync(`${directory}/file`, '');
  const extra = openSync(`${directory}/file`, 'r');
  const before = process.cwd();
  const out = os.createLogPipe('old', null);
  const request = shell('pwd; exec ls /proc/self/fd', out, { directory });
  const outcome = spawn(old, new Limits(old, null), os.uid, request);
  assert.ok(outcome.ok);
  out.closeChildEnd();
  const text = collect(out);
  await exit(outcome.pid);
  assert.equal(await text, `${realpathSync(directory)}\n0\n1\n2\n3\n`);
  assert.equal(process.cwd(), before);
  const failed = spawn(old, new Limits(old, null), os.uid, { ...request, directory: '/no/such/place' });
  assert.deepEqual(failed, { ok: false, step: 'chdir', errno: 'ENOENT', reason: 'ENOENT' });
  closeSync(extra);
  out.close();
});

test('without koffi there is a sentence that says so, and no exception', async (t) => {
  const { run, directory } = rig(t);
  cpSync(fileURLToPath(new URL('../../src', import.meta.url)), `${directory}/src`, { recursive: true });
  writeFileSync(`${directory}/package.json`, '{ "type": "module" }');
  const program = `import('${directory}/src/os/linux-os.js').then((m) => console.log(JSON.stringify(m.openLinuxOs({}))))`;
  const { text } = await run('"$NODE" -e "$PROGRAM"', {
    directory,
    env: [`NODE=${process.execPath}`, `PROGRAM=${program}`].map((entry) => Buffer.from(entry)),
  });
  const { ok, problem } = JSON.parse(text);
  assert.equal(ok, false);
  assert.match(problem, /^the C library can not be called: Cannot find module 'koffi'; reinstall/);
});
