import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Notice, parseNotice } from '../../src/readiness/notify-message.ts';

const nothing: Notice = {
  ...{ ready: false, reloading: false, stopping: false, status: null },
  ...{ mainPid: null, extendMs: null, watchdog: null, watchdogMs: null },
};

const messages: Readonly<Record<string, Partial<Notice>>> = {
  '': {},
  'READY=1': { ready: true },
  'READY=1\nSTATUS=Processing requests...\nMAINPID=4711': {
    ready: true,
    status: 'Processing requests...',
    mainPid: 4711,
  },
  'RELOADING=1\nMONOTONIC_USEC=123': { reloading: true },
  'STOPPING=1\n\n': { stopping: true },
  'READY=yes\nready=1\n=1\nREADY': {},
  'STATUS=a=b\u0007c': { status: 'a=b?c' },
  'STATUS=': { status: '' },
  'EXTEND_TIMEOUT_USEC=2500000': { extendMs: 2500 },
  'WATCHDOG=1': { watchdog: 'alive' },
  'WATCHDOG=trigger': { watchdog: 'trigger' },
  'WATCHDOG_USEC=20000000\nWATCHDOG=2': { watchdogMs: 20_000 },
  'MAINPID=0\nWATCHDOG_USEC=-1\nEXTEND_TIMEOUT_USEC=99999999999999999999': {},
  'FDSTORE=1\nFDNAME=x\nBARRIER=1\nERRNO=2': {},
};

for (const [text, notice] of Object.entries(messages)) {
  test(`${JSON.stringify(text)} says ${JSON.stringify(notice)}`, () => {
    assert.deepEqual(parseNotice(Buffer.from(text)), { ...nothing, ...notice });
  });
}

test('a status is cut to what a line can bear, and no bytes do any harm', () => {
  assert.equal(parseNotice(Buffer.from(`STATUS=${'x'.repeat(5000)}`)).status?.length, 500);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      parseNotice(Buffer.from(bytes));
    }),
  );
});
