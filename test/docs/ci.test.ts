/** What the tests say they need, `.ci/run` installs: there a missing program is a failure, and a new machine has none of them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** On every Debian, or brought by what is installed; of `ansible` one file is taken. */
const there = ['ansible', 'bsdutils', 'git', 'python3', 'python3-minimal', 'util-linux'];
/** Only where HUPD_DEBIAN_ROOT asks for it. */
const byFlag = ['lintian'];

test('each package that a test needs is installed by .ci/run', () => {
  const installed = [...readFileSync('.ci/run', 'utf8').matchAll(/^packages\+?=\(([^)]*)\)/gm)].flatMap(
    ([, names = '']) => names.split(' '),
  );
  const tests = readdirSync('test', { recursive: true, encoding: 'utf8' });
  const needed = tests
    .filter((path) => path.endsWith('.ts') && !path.startsWith('bench/'))
    .flatMap((path) => [...readFileSync(`test/${path}`, 'utf8').matchAll(/\bapt: '([^']+)'/g)])
    .map(([, name = '']) => name);
  assert.ok(needed.length > 50);
  const missing = new Set(needed.filter((name) => !installed.includes(name) && ![...there, ...byFlag].includes(name)));
  assert.deepEqual([...missing], []);
});
