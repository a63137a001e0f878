/** The checklists, and the claims of SECURITY.md, name tests that are there and deviations that are in their table. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deviations } from '../conformance/deviations.ts';

const claims = readFileSync('SECURITY.md', 'utf8');
const text = ['daemon', 'control']
  .map((name) => readFileSync(`test/conformance/checklist-${name}.md`, 'utf8'))
  .concat(claims)
  .join('\n');

test('each test that the checklists name is there', () => {
  const named = [...text.matchAll(/`((?:\w+\/)+[\w-]+(?:\.test)?\.ts): ([^`]*)`/g)];
  assert.ok(named.length > 100, `${named.length} tests are named`);
  const wrong = named.filter(([, file = '', title = '']) => {
    const path = `test/${file}`;
    return !existsSync(path) || !readFileSync(path, 'utf8').replaceAll("\\'", "'").includes(title);
  });
  assert.deepEqual(
    wrong.map(([entry]) => entry),
    [],
  );
});

test('each claim of SECURITY.md names a test', () => {
  const [, table = ''] = /\| claim \| shown by \|\n.*\n((?:\|.*\n)*)/.exec(claims) ?? [];
  const rows = table.trim().split('\n');
  assert.ok(rows.length > 10);
  assert.deepEqual(
    rows.filter((row) => !/`[\w/-]+\.test\.ts: /.test(row)),
    [],
  );
});

test('each deviation that the checklists name is in the table', () => {
  const known = deviations.map(({ id }) => id);
  const named = [...text.matchAll(/≠ ([a-z0-9-]+)(…?)/g)].flatMap(([, id = '', more]) => (more === '…' ? [] : [id]));
  assert.deepEqual(
    named.filter((id) => !known.includes(id)),
    [],
  );
});
