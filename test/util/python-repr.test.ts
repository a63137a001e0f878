import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reprBytes, reprText } from '../../src/util/python-repr.ts';

// Each right side is what Python 3.11 prints.
const texts: ReadonlyArray<readonly [string, string]> = [
  ['web', "'web'"],
  ['', "''"],
  ["it's", '"it\'s"'],
  ['"', "'\"'"],
  [`'"`, `'\\'"'`],
  ['a\\b', "'a\\\\b'"],
  ['\n\r\t\0\x1b\x7f', "'\\n\\r\\t\\x00\\x1b\\x7f'"],
  ['öäü', "'öäü'"],
  ['\u00a0\u00ad', "'\\xa0\\xad'"],
  ['\u2028\u3000\u200b', "'\\u2028\\u3000\\u200b'"],
  ['\u{1f600}', "'\u{1f600}'"],
  ['\u{e0001}', "'\\U000e0001'"],
  ['\ud800', "'\\ud800'"],
];
for (const [value, expected] of texts) {
  test(`the repr of the text ${JSON.stringify(value)} is Python's`, () => {
    assert.equal(reprText(value), expected);
  });
}

const bytes: ReadonlyArray<readonly [Buffer, string]> = [
  [Buffer.from([0x88, 0x0a]), "b'\\x88\\n'"],
  [Buffer.from('READY\n'), "b'READY\\n'"],
  [Buffer.from("it's"), 'b"it\'s"'],
  [Buffer.from(`'"`), `b'\\'"'`],
  [Buffer.from('a\\b\0\x7f ~'), "b'a\\\\b\\x00\\x7f ~'"],
];
for (const [value, expected] of bytes) {
  test(`the repr of the bytes ${value.toString('hex')} is Python's`, () => {
    assert.equal(reprBytes(value), expected);
  });
}
