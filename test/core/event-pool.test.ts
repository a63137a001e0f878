import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SupervisorEvent } from '../../src/core/event.ts';
import type { PoolEffect, PoolOptions } from '../../src/core/event-pool.ts';
import { EventPools } from '../../src/core/event-pools.ts';
import { defaultResultHandler, resultHandler } from '../../src/core/result-handler.ts';

const handler = resultHandler(defaultResultHandler);

const tick = (when: number): SupervisorEvent => ({ type: 'TICK_5', when });

function options(over: Partial<PoolOptions> = {}): PoolOptions {
  return {
    name: 'pool',
    server: 'sup',
    bufferSize: 10,
    events: ['TICK'],
    handler,
    processes: ['a', 'b', 'c'],
    ...over,
  };
}

/** Carries out effects as the runtime does; `sent` is what each process got, short: `a 3` is the event with serial 3. */
class Rig {
  readonly pools: EventPools;
  readonly sent: string[] = [];
  readonly log: string[] = [];
  readonly names = new Map<number, string>();
  readonly deaf = new Set<number>();

  constructor(pools = new EventPools(), ...all: readonly PoolOptions[]) {
    this.pools = pools;
    for (const pool of all) pools.add(pool);
  }

  do(effects: readonly PoolEffect[], poolName = 'pool'): void {
    for (const effect of effects) {
      switch (effect.effect) {
        case 'send':
          if (this.deaf.has(effect.pid)) this.do(this.pool(poolName).sendFailed(effect.pid), poolName);
          else {
            this.sent.push(`${this.names.get(effect.pid)} ${/ serial:(\d+) /.exec(effect.data)?.[1]}`);
            this.log.push(effect.sent.text);
          }
          break;
        case 'log':
          this.log.push(effect.line.text);
          break;
        case 'print':
          this.log.push(`print ${effect.text}`);
          break;
      }
    }
  }

  pool(name = 'pool') {
    const pool = this.pools.pool(name);
    assert.ok(pool !== null);
    return pool;
  }

  /** Starts a listener and lets it say READY. */
  start(name: string, pid: number, pool = 'pool'): void {
    this.names.set(pid, name);
    this.pool(pool).spawned(name, pid);
    this.do(this.pool(pool).setEligible(pid, true), pool);
    this.say(pid, 'READY\n', pool);
  }

  say(pid: number, text: string, pool = 'pool'): void {
    this.do(this.pool(pool).output(pid, Buffer.from(text)), pool);
  }

  notify(event: SupervisorEvent): void {
    for (const [pool, effects] of this.pools.notify(event)) this.do(effects, pool);
  }
}

const ok = 'RESULT 2\nOKREADY\n';
const fail = 'RESULT 4\nFAILREADY\n';

test('an event goes to the first idle listener in process order', () => {
  const rig = new Rig(undefined, options());
  rig.start('c', 3);
  rig.start('a', 1);
  rig.start('b', 2);
  for (let i = 0; i < 4; i++) rig.notify(tick(i));
  assert.deepEqual(rig.sent, ['a 0', 'b 1', 'c 2']);
  rig.say(2, ok);
  assert.deepEqual(rig.sent.at(-1), 'b 3');
});

test('a listener that is not RUNNING yet, or not READY yet, or busy, waits with the event', () => {
  const rig = new Rig(undefined, options());
  rig.names.set(1, 'a');
  rig.pool().spawned('a', 1);
  rig.notify(tick(0));
  rig.say(1, 'READY\n');
  assert.deepEqual(rig.sent, [], 'READY but STARTING');
  rig.do(rig.pool().setEligible(1, true));
  assert.deepEqual(rig.sent, ['a 0']);
  rig.notify(tick(1));
  rig.do(rig.pool().setEligible(1, false));
  rig.say(1, ok);
  assert.deepEqual(rig.sent, ['a 0'], 'READY again but STOPPING');
});

test('what is sent is the envelope, with both serials', () => {
  const pools = new EventPools();
  pools.add(options({ name: 'other', events: ['PROCESS_LOG'] }));
  pools.add(options());
  pools.notify({ type: 'PROCESS_LOG_STDOUT', process: 'p', group: 'g', pid: 1, data: '' });
  pools.notify({ type: 'TICK_60', when: 60 });
  const pool = pools.pool('pool');
  pool?.spawned('a', 1);
  pool?.setEligible(1, true);
  const [first] = pool?.output(1, Buffer.from('READY\n')).filter((effect) => effect.effect === 'send') ?? [];
  assert.equal(
    first?.effect === 'send' && first.data,
    'ver:3.0 server:sup serial:1 pool:pool poolserial:0 eventname:TICK_60 len:7\nwhen:60',
  );
});

test('an event that nobody gets uses up no serial, and is not wanted', () => {
  const rig = new Rig(undefined, options());
  assert.equal(rig.pools.wants('TICK_5'), true);
  assert.equal(rig.pools.wants('PROCESS_LOG_STDOUT'), false);
  rig.start('a', 1);
  rig.notify({ type: 'SUPERVISOR_STATE_CHANGE_RUNNING' });
  rig.notify(tick(0));
  assert.deepEqual(rig.sent, ['a 0']);
  rig.pools.remove('pool');
  assert.equal(rig.pools.wants('TICK_5'), false);
});

test('a rejected event is sent again, before the others, with its old serials', () => {
  const rig = new Rig(undefined, options());
  rig.start('a', 1);
  for (let i = 0; i < 3; i++) rig.notify(tick(i));
  rig.say(1, fail);
  rig.say(1, ok);
  rig.say(1, ok);
  assert.deepEqual(rig.sent, ['a 0', 'a 0', 'a 1', 'a 2']);
  assert.ok(rig.log.includes('rebuffering event 0 for pool pool (buf size=2, max=10)'));
});

test('a rejected event goes back to its own pool only, whatever the priorities', () => {
  const rig = new Rig(undefined, options(), options({ name: 'other', events: ['PROCESS_STATE'] }));
  rig.start('a', 1);
  rig.start('a', 2, 'other');
  rig.notify(tick(0));
  rig.say(1, 'RESULT 4\nFAIL');
  assert.equal(rig.pool().waiting, 1);
  assert.equal(rig.pool('other').waiting, 0);
});

test('the event of a listener that dies goes to another one at once', () => {
  const rig = new Rig(undefined, options());
  rig.start('a', 1);
  rig.start('b', 2);
  rig.notify(tick(0));
  rig.do(rig.pool().exited(1));
  assert.deepEqual(rig.sent, ['a 0', 'b 0']);
  rig.do(rig.pool().exited(2));
  assert.equal(rig.pool().waiting, 1);
  rig.start('a', 3);
  assert.deepEqual(rig.sent.at(-1), 'a 0');
});

test('a listener that breaks the protocol loses its event to another one and gets no more', () => {
  const rig = new Rig(undefined, options());
  rig.start('a', 1);
  rig.start('b', 2);
  rig.notify(tick(0));
  rig.say(1, 'garbage\n');
  rig.say(1, 'READY\n');
  rig.notify(tick(1));
  assert.deepEqual(rig.sent, ['a 0', 'b 0']);
  assert.equal(rig.pool().waiting, 1);
});

test('a listener that closed its stdin is passed over until it is started again', () => {
  const rig = new Rig(undefined, options());
  rig.start('a', 1);
  rig.start('b', 2);
  rig.deaf.add(1);
  rig.notify(tick(0));
  rig.notify(tick(1));
  assert.deepEqual(rig.sent, ['b 0']);
  assert.ok(rig.log.includes('epipe occurred while sending event 0 to listener a, listener state unchanged'));
  assert.equal(rig.log.filter((line) => line.startsWith('epipe')).length, 1);
  rig.do(rig.pool().exited(1));
  rig.start('a', 3);
  assert.deepEqual(rig.sent, ['b 0', 'a 1']);
});

test('when the buffer is full the oldest event goes, is logged and counted', () => {
  const rig = new Rig(undefined, options({ bufferSize: 2 }));
  for (let i = 0; i < 5; i++) rig.notify(tick(i));
  assert.deepEqual(
    rig.log,
    [0, 1, 2].map((serial) => `pool pool event buffer overflowed, discarding event ${serial}`),
  );
  assert.equal(rig.pool().dropped, 3);
  rig.start('a', 1);
  rig.say(1, ok);
  assert.deepEqual(rig.sent, ['a 3', 'a 4']);
});

test('an event that comes back to a full buffer pushes out the oldest of those that wait', () => {
  const rig = new Rig(undefined, options({ bufferSize: 2 }));
  rig.start('a', 1);
  for (let i = 0; i < 3; i++) rig.notify(tick(i));
  rig.say(1, 'RESULT 4\nFAIL');
  assert.deepEqual(rig.log.at(-1), 'pool pool event buffer overflowed, discarding event 1');
  rig.say(1, 'READY\n');
  rig.say(1, ok);
  assert.deepEqual(rig.sent, ['a 0', 'a 0', 'a 2']);
});

test('during a reload two processes of one name are told apart', () => {
  const rig = new Rig(undefined, options());
  rig.start('a', 1);
  rig.notify(tick(0));
  rig.names.set(2, 'a-new');
  rig.pool().spawned('a', 2);
  rig.say(2, 'READY\n');
  rig.notify(tick(1));
  assert.deepEqual(rig.sent, ['a 0'], 'the successor is not the process yet');
  rig.do(rig.pool().setEligible(1, false));
  rig.do(rig.pool().setEligible(2, true));
  assert.deepEqual(rig.sent, ['a 0', 'a-new 1']);
  rig.say(1, 'RESULT 2\nOK');
  rig.do(rig.pool().exited(1));
  assert.equal(rig.pool().waiting, 0, 'the predecessor finished what it had');
});

test('what a built-in handler prints is passed on', () => {
  const stdoutHandler = resultHandler('supervisor_stdout:event_handler');
  const rig = new Rig(undefined, options({ handler: stdoutHandler, events: ['PROCESS_LOG'] }));
  rig.start('a', 1);
  rig.notify({ type: 'PROCESS_LOG_STDERR', process: 'web', group: 'web', pid: 7, data: 'hello\n' });
  const echo = 'processname:web groupname:web pid:7 channel:stderr\nhello\n';
  rig.say(1, `RESULT ${echo.length}\n${echo}`);
  assert.ok(rig.log.includes('print web stderr | hello\n'));
});

test('output of a process that is not in the pool is nothing to it', () => {
  const rig = new Rig(undefined, options());
  for (const effects of [rig.pool().output(9, Buffer.from('x')), rig.pool().exited(9), rig.pool().sendFailed(9)]) {
    assert.deepEqual(effects, []);
  }
});

test('100,000 events at full speed to a slow listener: the buffer stays small, order is kept, every loss is counted and logged', () => {
  const rig = new Rig(undefined, options({ bufferSize: 100 }));
  rig.start('a', 1);
  const total = 100_000;
  const begun = performance.now();
  for (let i = 0; i < total; i++) {
    rig.notify(tick(i));
    if (i % 50 === 0) rig.say(1, ok);
  }
  assert.ok(performance.now() - begun < 5000);
  assert.equal(rig.pool().waiting, 100);
  const serials = rig.sent.map((text) => Number(text.split(' ')[1]));
  assert.deepEqual(
    serials,
    [...serials].sort((a, b) => a - b),
  );
  assert.equal(serials.length + rig.pool().dropped + rig.pool().waiting, total);
  assert.equal(rig.log.filter((line) => line.includes('overflowed')).length, rig.pool().dropped);
});

type Action = 'event' | 'ok' | 'fail' | 'die' | 'garbage' | 'split';
const actions = fc.array(
  fc.record({
    action: fc.constantFrom<Action>('event', 'event', 'event', 'ok', 'ok', 'fail', 'die', 'garbage', 'split'),
    listener: fc.nat({ max: 2 }),
  }),
  { maxLength: 60 },
);

/** Plays the actions; dead listeners are started again. Every event is at one place at a time. */
function play(script: readonly { action: Action; listener: number }[], reborn: boolean) {
  let rig = new Rig(undefined, options({ bufferSize: 3 }));
  const pids = [1, 2, 3];
  let nextPid = 4;
  for (const [i, name] of ['a', 'b', 'c'].entries()) rig.start(name, pids[i] ?? 0);
  let events = 0;
  for (const { action, listener } of script) {
    const pid = pids[listener] ?? 0;
    if (action === 'event') rig.notify(tick(events++));
    else if (action === 'ok') rig.say(pid, ok);
    else if (action === 'fail') rig.say(pid, fail);
    else if (action === 'garbage') rig.say(pid, 'x\n');
    else if (action === 'split') for (const byte of ok) rig.say(pid, byte);
    else {
      rig.do(rig.pool().exited(pid));
      pids[listener] = nextPid++;
      rig.start('abc'[listener] ?? '', pids[listener] ?? 0);
    }
    if (!reborn) continue;
    // The daemon is replaced: all that is known goes through JSON.
    const after = new Rig(new EventPools(JSON.parse(JSON.stringify(rig.pools.save()))), options({ bufferSize: 3 }));
    after.sent.push(...rig.sent);
    after.log.push(...rig.log);
    for (const [key, name] of rig.names) after.names.set(key, name);
    rig = after;
  }
  return { rig, events };
}

test('whatever listeners do, no event is lost without being counted, and none waits while somebody is idle', () => {
  fc.assert(
    fc.property(actions, (script) => {
      const { rig, events } = play(script, false);
      const saved = rig.pool().save();
      const busy = saved.listeners.filter(({ event }) => event !== null);
      const accepted = rig.log.filter((line) => line.endsWith('event was processed')).length;
      // A listener that answers without having been asked breaks the protocol, so every answer had an event.
      assert.equal(events, accepted + saved.dropped + saved.buffer.length + busy.length);
      assert.ok(saved.buffer.length <= 3);
      const idle = saved.listeners.some(({ state, eligible }) => state.name === 'READY' && eligible);
      assert.ok(!(idle && saved.buffer.length > 0));
      for (const { state, event } of saved.listeners) assert.equal(state.name === 'BUSY', event !== null);
    }),
  );
});

test('a pool that goes through JSON at every step does the same', () => {
  fc.assert(
    fc.property(actions, (script) => {
      const [plain, reborn] = [play(script, false).rig, play(script, true).rig];
      assert.deepEqual(reborn.sent, plain.sent);
      assert.deepEqual(reborn.log, plain.log);
      assert.deepEqual(reborn.pools.save(), plain.pools.save());
    }),
  );
});
