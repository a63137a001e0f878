import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readIniLines } from '../../src/config/ini-lines.ts';
import { insertLines } from '../../src/convert/insert-lines.ts';

const insert = (text: string) => insertLines(text, { section: 'program:web', lines: ['a=1', 'b=2'] });

for (const [title, text, expected] of [
  [
    'behind the last option',
    '[program:web]\ncommand=x\n\n; next\n[z]\n',
    '[program:web]\ncommand=x\na=1\nb=2\n\n; next\n[z]\n',
  ],
  [
    'behind a value of several lines',
    '[program:web]\ncommand=x\n  y\n  z\n',
    '[program:web]\ncommand=x\n  y\n  z\na=1\nb=2\n',
  ],
  ['with the indentation of the options', '[program:web]\n\tcommand=x\n', '[program:web]\n\tcommand=x\n\ta=1\n\tb=2\n'],
  [
    'with the line ends of the file',
    '\ufeff[program:web]\r\ncommand=x\r\n[z]\r\n',
    '\ufeff[program:web]\r\ncommand=x\r\na=1\r\nb=2\r\n[z]\r\n',
  ],
  ['without a line end where the file had none', '[program:web]\ncommand=x', '[program:web]\ncommand=x\na=1\nb=2'],
  ['into an empty section', '[program:web]\n[z]\nk=v\n', '[program:web]\na=1\nb=2\n[z]\nk=v\n'],
  [
    'where a header has a comment behind it',
    '[program:web] ; hi\ncommand=x ; y\n# end\n',
    '[program:web] ; hi\ncommand=x ; y\na=1\nb=2\n# end\n',
  ],
] as const) {
  test(`lines are put ${title}`, () => assert.equal(insert(text), expected));
}

test('a section that is not there is said to be none', () => {
  assert.equal(insert('[program:wep]\ncommand=x\n'), null);
});

test('whatever the file: it says what it said and the new options besides, and nothing of it is lost', () => {
  const piece = fc.constantFrom(
    '[program:web]',
    '[z]',
    'k=v',
    '  k2: v',
    '\tmore',
    '',
    ' ',
    '; c',
    '  # c',
    'bare',
    'x=1 ; c',
    '   y=2',
  );
  const end = fc.constantFrom('\n', '\r\n', '\r', '');
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, end), { maxLength: 14 }), (pieces) => {
      const text = pieces.map((pair) => pair.join('')).join('');
      const result = insert(text);
      if (result === null) return;
      const kept = readIniLines(result).entries.filter(
        (entry) => !(entry.kind === 'option' && ['a', 'b'].includes(entry.name)),
      );
      const plain = (entries: typeof kept) => entries.map((entry) => ({ ...entry, line: 0 }));
      assert.deepEqual(plain(kept), plain([...readIniLines(text).entries]));
      const at = [...text].findIndex((char, i) => result[i] !== char);
      const head = at < 0 ? text.length : at;
      const added = result.length - text.length;
      const isInserted = Array.from({ length: head + 1 }, (_, i) => i).some(
        (i) => result.slice(0, i) + result.slice(i + added) === text,
      );
      assert.ok(isInserted, 'only by insertion');
    }),
    { numRuns: 2000 },
  );
});
