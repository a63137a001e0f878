/** Whatever an event listener says, in whatever pieces: a state, and effects that are defined; and the daemon goes on. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { busyListener, type ListenerState, listen, maxResultBytes, newListener } from '../../src/core/listener.ts';
import { resultHandler, resultHandlerNames } from '../../src/core/result-handler.ts';
import { FakeDaemon, program } from '../support/fake-daemon.ts';
import { bytesLike, fuzzed, splitAt } from '../support/fuzz.ts';

const said = bytesLike([
  'READY\n',
  'RESULT 2\nOK',
  'RESULT 4\nFAIL',
  'RESULT 0\n',
  'RESULT -1\n',
  'RESULT 99999999999\n',
  'RESULT 1_0\n',
  'RESULT ',
  '\n',
  'RESULT 40\nprocessname:a channel:stdout\nline\n',
  'x'.repeat(5000),
]);
const cuts = fc.array(fc.nat(20_000), { maxLength: 6 });
const begins: readonly ListenerState[] = [newListener, { name: 'READY' }, busyListener, { name: 'UNKNOWN' }];

it('a listener that says anything is in a known state, which does not depend on the pieces, and holds no more than a result', () => {
  fc.assert(
    fc.property(
      said,
      cuts,
      fc.constantFrom(...begins),
      fc.constantFrom(...resultHandlerNames),
      (bytes, at, begin, name) => {
        const handler = resultHandler(name);
        const whole = listen(begin, bytes, 'ear', handler);
        let state = begin;
        const effects = splitAt(bytes, at).flatMap((piece) => {
          const step = listen(state, piece, 'ear', handler);
          state = step.state;
          return step.effects;
        });
        assert.deepEqual(JSON.parse(JSON.stringify(state)), state, 'plain JSON');
        assert.ok(!('held' in state) || state.held.length <= maxResultBytes);
        assert.deepEqual(
          effects.filter(({ effect }) => effect !== 'log').map(({ effect }) => effect),
          whole.effects.filter(({ effect }) => effect !== 'log').map(({ effect }) => effect),
        );
        assert.equal(state.name, whole.state.name);
      },
    ),
    fuzzed(3000),
  );
});

it('a daemon whose listeners say anything goes on: its programs run, and it ends in order', async () => {
  const text = `${program('web')}[eventlistener:ear]\ncommand=/bin/sh\nevents=EVENT\nstderr_logfile=NONE\nbuffer_size=5\n`;
  await fc.assert(
    fc.asyncProperty(fc.array(said, { maxLength: 5 }), async (pieces) => {
      const daemon = await new FakeDaemon(text).up();
      for (const piece of pieces) {
        const { pid } = daemon.view('ear');
        if (pid !== 0) daemon.os.process(pid).write(1, piece);
        await daemon.elapse(10);
        daemon.supervisor.remoteCommEvent('kind', 'data');
      }
      assert.equal(daemon.state('web'), 'RUNNING');
      daemon.supervisor.shutdown();
      await daemon.elapse(30_000);
      assert.equal(await daemon.supervisor.ended, 'shutdown');
      assert.deepEqual(daemon.os.leaks(), []);
      assert.doesNotMatch(daemon.lines.join('\n'), /internal error/);
    }),
    fuzzed(60),
  );
});
