import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { raised, softLimitBeforeNode } from '../../src/os/limits.ts';
import { CHILD_FILES, rig } from './rig.ts';

test('a child has the limit of open files from before node raised it, and the daemon keeps the high one', async (t) => {
  const { run } = rig(t);
  const { text } = await run('ulimit -Sn; ulimit -Hn');
  const [soft, hard] = text.trim().split('\n');
  assert.equal(Number(soft), CHILD_FILES);
  // Looked at from here: a child may look before our own limit is back.
  const own = readFileSync('/proc/self/limits', 'latin1')
    .split('\n')
    .find((line) => line.startsWith('Max open files'));
  assert.deepEqual(own?.trim().split(/ {2,}/).slice(1, 3), [hard, hard]);
});

test('the limit before node is read off the parent', async (t) => {
  const { run } = rig(t);
  const module = new URL('../../src/os/limits.js', import.meta.url).href;
  const program = `import('${module}').then((m) => console.log(m.softLimitBeforeNode({ soft: 100000, hard: 100000 })))`;
  const starter =
    "require('child_process').spawnSync(process.execPath, ['-e', process.env.PROGRAM], { stdio: 'inherit' })";
  const env = [`NODE=${process.execPath}`, `PROGRAM=${program}`, `STARTER=${starter}`].map((entry) =>
    Buffer.from(entry),
  );
  assert.equal((await run('ulimit -Sn 345; "$NODE" -e "$PROGRAM"; true', { env })).text, '345\n');
  const through = await run('ulimit -Sn 345; "$NODE" -e "$STARTER"; true', { env });
  assert.equal(through.text, '345\n', 'a parent that is node raised its own');
});

test('a parent with more than we may have says nothing about us', () => {
  assert.equal(softLimitBeforeNode({ soft: 5, hard: 5 }), 5);
});

test('a limit is raised to what is wanted, the hard one only where it must be, and never lowered', () => {
  assert.deepEqual(raised({ soft: 100, hard: 200 }, 150), { soft: 150, hard: 200 });
  assert.deepEqual(raised({ soft: 100, hard: 200 }, 250), { soft: 250, hard: 250 });
  const enough = { soft: 100, hard: 200 };
  assert.equal(raised(enough, 50), enough);
  const unlimited = { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };
  assert.equal(raised(unlimited, 50), unlimited);
});

test('minfds raises what children get; more than the machine has is refused with the hard limit (limit-hard-number)', async (t) => {
  const { os, run } = rig(t);
  assert.deepEqual(os.ensureLimit('NOFILE', 900), { ok: true, raised: true });
  assert.equal((await run('ulimit -Sn')).text, '900\n');
  assert.deepEqual(os.ensureLimit('NOFILE', 800), { ok: true, raised: false });
  assert.equal((await run('ulimit -Sn')).text, '900\n');
  const hard = Number((await run('ulimit -Hn')).text);
  assert.deepEqual(os.ensureLimit('NOFILE', 2 ** 40), { ok: false, hard });
  assert.deepEqual(os.ensureLimit('NPROC', 1), { ok: true, raised: false });
});
