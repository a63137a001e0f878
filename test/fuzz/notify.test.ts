/** Whatever comes to a notify socket, from whomever: the start ends in a defined state and the daemon goes on. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { parseNotice } from '../../src/readiness/notify-message.ts';
import { FakeDaemon, program } from '../support/fake-daemon.ts';
import { bytesLike, fuzzed } from '../support/fuzz.ts';

const datagram = bytesLike([
  'READY=1',
  'RELOADING=1',
  'STOPPING=1',
  '\n',
  'STATUS=',
  'MAINPID=',
  'MAINPID=1000',
  'EXTEND_TIMEOUT_USEC=',
  'WATCHDOG=1',
  'WATCHDOG=trigger',
  'WATCHDOG_USEC=',
  '=',
  'x'.repeat(3000),
]);

it('a datagram of any bytes is read, and a status never grows a line', () => {
  fc.assert(
    fc.property(datagram, (bytes) => {
      const { status, mainPid, extendMs, watchdogMs } = parseNotice(bytes);
      assert.ok(status === null || (status.length <= 500 && !/[\u0000-\u001f]/.test(status)));
      for (const number of [mainPid, extendMs, watchdogMs]) assert.ok(number === null || Number.isFinite(number));
    }),
    fuzzed(3000),
  );
});

it('a program that notifies anything, or for which strangers do, starts or does not, and the daemon ends in order', async () => {
  const text = program('web', 'ready_check=notify\nready_timeout=3\nstartretries=1\nreload_strategy=rolling\n');
  const sent = fc.array(fc.tuple(datagram, fc.boolean()), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(sent, async (datagrams) => {
      const daemon = new FakeDaemon(text).begin();
      await daemon.elapse(10);
      for (const [bytes, isOwn] of datagrams) {
        const { pid } = daemon.view('web');
        daemon.os.notifySockets.at(-1)?.send(bytes.toString('latin1'), isOwn ? pid : 1, isOwn ? 0 : 65534);
        await daemon.elapse(500);
      }
      await daemon.elapse(10_000);
      assert.match(daemon.state('web'), /^(RUNNING|FATAL|STARTING|BACKOFF|EXITED|STOPPING)$/);
      daemon.supervisor.shutdown();
      await daemon.elapse(60_000);
      assert.equal(await daemon.supervisor.ended, 'shutdown');
      assert.deepEqual(daemon.os.leaks(), []);
      assert.doesNotMatch(daemon.lines.join('\n'), /internal error/);
    }),
    fuzzed(100),
  );
});
