import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderConverted } from '../../src/convert/section.ts';
import { splitCommand } from '../../src/core/shell-words.ts';
import { run } from '../support/rig.ts';
import { load } from './loaded.ts';

const awkward = fc.stringMatching(/^[a-z ;#%'"$\\()=,\t]{0,12}$/);

function rendered(words: readonly string[], environment: ReadonlyArray<readonly [string, string]> = []): string {
  return renderConverted({
    ...{ source: 'a test', notes: [], group: null },
    programs: [
      {
        ...{ name: 'x', options: [], notes: [] },
        command: { words },
        environment: environment.map(([name, value]) => ({ name, value })),
      },
    ],
  });
}

test('words come through our dialect and the splitting of commands as they were, whatever is in them', (t) => {
  fc.assert(
    fc.property(fc.array(awkward, { minLength: 1, maxLength: 4 }), (words) => {
      const [spec] = load(t, rendered(['/bin/echo', ...words]));
      assert.deepEqual(splitCommand(spec?.command ?? ''), ['/bin/echo', ...words]);
    }),
    { numRuns: 150 },
  );
});

test('so do variables, by environment= or by env(1)', (t) => {
  fc.assert(
    fc.property(awkward, (value) => {
      const [spec] = load(t, rendered(['/bin/echo'], [['A', value]]));
      const words = splitCommand(spec?.command ?? '');
      assert.ok(!('error' in words));
      const byEnv = words.find((word) => word.startsWith('A='))?.slice(2);
      assert.equal(byEnv ?? new Map(spec?.environment).get('A'), value);
    }),
    { numRuns: 150 },
  );
});

test('a script comes through to the shell as it was', async (t) => {
  const script = `printf '%s|' "a ;b" 'c #d' "100%" 'it''s'; echo end`;
  const text = renderConverted({
    ...{ source: 'a test', notes: [], group: null },
    programs: [{ name: 'x', options: [], notes: [], command: { script }, environment: [] }],
  });
  const words = splitCommand(load(t, text)[0]?.command ?? '');
  assert.ok(!('error' in words));
  const { stdout } = await run(words[0] ?? '', words.slice(1));
  assert.equal(stdout, 'a ;b|c #d|100%|its|end\n');
});

test('a line break in a comment, a command or a variable does not become a line of the file', (t) => {
  const text = renderConverted({
    ...{ source: 'a\ntest', notes: ['one\n[program:evil]\ncommand=rm'], group: null },
    programs: [
      {
        ...{ name: 'x', options: [], notes: ['two\nautostart=false'] },
        command: { words: ['/bin/echo', 'a\n[program:evil]'] },
        environment: [{ name: 'A', value: 'b\ncommand=rm' }],
      },
    ],
  });
  const specs = load(t, text);
  assert.deepEqual(
    specs.map(({ name, command, autostart, environment }) => ({ name, command, autostart, environment })),
    [{ name: 'x', command: "/bin/echo 'a [program:evil]'", autostart: true, environment: [] }],
  );
  assert.match(text, /^; A is left out/m);
});
