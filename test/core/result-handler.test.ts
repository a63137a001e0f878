import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ResultHandlerName, resultHandler, type Verdict } from '../../src/core/result-handler.ts';

function verdictOf(name: ResultHandlerName, result: string | Buffer): Verdict {
  return resultHandler(name)(Buffer.from(result));
}

test('the default handler takes exactly OK', () => {
  const of = (result: string) => verdictOf('supervisor.dispatchers:default_handler', result).verdict;
  assert.deepEqual(['OK', 'ok', 'OK\n', ' OK', '', 'FAIL'].map(of), [
    'accepted',
    'rejected',
    'rejected',
    'rejected',
    'rejected',
    'rejected',
  ]);
});

const head = 'processname:web groupname:site pid:7 channel:stdout';
const printed: ReadonlyArray<readonly [result: string, print: string]> = [
  [`${head}\none\ntwo\n`, 'web stdout | one\nweb stdout | two\n'],
  [`${head}\nno newline`, 'web stdout | no newline\n'],
  [`${head}\na\r\nb`, 'web stdout | a\nweb stdout | b\n'],
  [`${head}\n\n`, 'web stdout | \n'],
  [`${head}\n`, ''],
  [`${head.replace('stdout', 'stderr')}\nöä\u{1f600}\n`, 'web stderr | öä\u{1f600}\n'],
];
for (const [result, print] of printed) {
  test(`supervisor_stdout prints ${JSON.stringify(print)} for ${JSON.stringify(result.slice(head.length))}`, () => {
    assert.deepEqual(verdictOf('supervisor_stdout:event_handler', result), { verdict: 'accepted', print });
  });
}

test('supervisor_stdout can make nothing of a result that is not the payload of a log event', () => {
  for (const result of ['OK', '', 'when:5\n', `${head}`, Buffer.from([0x88, 0x0a])]) {
    assert.equal(verdictOf('supervisor_stdout:event_handler', result).verdict, 'error');
  }
});
