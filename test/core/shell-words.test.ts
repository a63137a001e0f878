import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitCommand } from '../../src/core/shell-words.ts';

describe('splitting a command into words', () => {
  for (const [command, words] of [
    ['', []],
    [' \t\r\n', []],
    ['a  b\tc\n\td\r\ne', ['a', 'b', 'c', 'd', 'e']],
    [`a "" ''`, ['a', '', '']],
    [`a"b c"'d e'f`, ['ab cd ef']],
    [`'a\\b"'`, ['a\\b"']],
    [String.raw`"a\b\"\\\'$"`, [String.raw`a\b"\\'$`]],
    [String.raw`a\ b \"c \\ \n`, ['a b', '"c', '\\', 'n']],
    ['echo #not a comment', ['echo', '#not', 'a', 'comment']],
    ['a=b;c && $HOME ~ *.py > x', ['a=b;c', '&&', '$HOME', '~', '*.py', '>', 'x']],
    ['a\\\nb', ['a\nb']],
    ['a\vb\u00a0c', ['a\vb\u00a0c']],
    ['"\u{1f600} x"', ['\u{1f600} x']],
  ] as const) {
    it(`splits ${JSON.stringify(command)}`, () => {
      assert.deepEqual(splitCommand(command), words);
    });
  }
  for (const [command, error] of [
    ['a "b', 'No closing quotation'],
    [`a 'b\\'' c'`, null],
    [`it's`, 'No closing quotation'],
    ['a \\', 'No escaped character'],
    ['"a \\', 'No escaped character'],
  ] as const) {
    it(`${error === null ? 'accepts' : 'refuses'} ${JSON.stringify(command)}`, () => {
      const result = splitCommand(command);
      assert.equal('error' in result ? result.error : null, error);
    });
  }
});
