/** Whatever fails on the way of a start or a reload, and wherever: nothing is left open, and the process can be started again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeDaemon, program } from '../support/fake-daemon.ts';
import type { FallibleCall } from '../support/fake-os.ts';

const calls: readonly FallibleCall[] = [
  'spawn',
  'kill',
  'createLogPipe',
  'createStdinPipe',
  'listen',
  'borrowListeners',
  'createProbe',
];

const rolling = program(
  'web',
  'reload_strategy=rolling\nready_check=startsecs\nreload_overlap=1\nsocket=tcp://127.0.0.1:8000 unix:///run/w.sock',
);
const borrowing = program('web', 'reload_strategy=rolling\nreload_overlap=1\nreload_timeout=20');

async function bring(daemon: FakeDaemon): Promise<void> {
  daemon.os.onSpawn = (child) => {
    child.obeys([15, 9]);
    child.listening = [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }];
    child.probe?.accept();
  };
  daemon.begin();
  await daemon.elapse(1100);
}

describe('a fault in the middle', () => {
  for (const call of calls) {
    for (let uses = 0; uses < 3; uses++) {
      it(`of a start: ${call}, use ${uses + 1}`, async () => {
        const daemon = new FakeDaemon(rolling);
        const { os } = daemon;
        os.failAfter(uses, call, 'EMFILE', 'fork');
        await bring(daemon);
        // One failure is followed by a try that has no fault in its way.
        await daemon.elapse(3000);
        assert.equal(daemon.state('web'), 'RUNNING');
        assert.equal(os.living.length, 1);
        os.forgetFaults();
        await ends(daemon);
      });

      for (const [kind, text] of [
        ['with sockets of its own', rolling],
        ['with borrowed sockets', borrowing],
      ] as const) {
        it(`of a rolling reload ${kind}: ${call}, use ${uses + 1}`, async () => {
          const daemon = new FakeDaemon(text);
          const { os } = daemon;
          await bring(daemon);
          const { pid } = daemon.child('web');
          os.failAfter(uses, call, 'EMFILE', 'fork');
          const reload = daemon.reload('web');
          await daemon.elapse(40_000);
          const { ok, reason } = await reload;
          os.forgetFaults();
          if (daemon.state('web') !== 'UNKNOWN') {
            assert.equal(daemon.state('web'), 'RUNNING', reason);
            // It is the new one that serves, or the old one as before; and nothing else is left.
            if (ok) assert.notEqual(daemon.child('web').pid, pid);
            else assert.notEqual(reason, '');
          }
          await ends(daemon);
        });
      }
    }
  }
});

async function ends(daemon: FakeDaemon): Promise<void> {
  daemon.supervisor.shutdown();
  await daemon.elapse(30_000);
  // What a failed kill has left alone, nobody can end.
  for (const child of daemon.os.living) daemon.os.exit(child.pid, 0);
  await daemon.elapse(30_000);
  assert.equal(await daemon.supervisor.ended, 'shutdown');
  assert.deepEqual(daemon.os.leaks(), []);
}
