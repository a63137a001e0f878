import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Carried, type CarriedHead, type CarriedProcess, carriedFormat } from '../../src/core/carried.ts';
import { lineOf, readCarried, writeCarried } from '../../src/core/carried-lines.ts';
import { fit } from '../../src/core/fit.ts';
import { newProcess } from '../../src/core/process.ts';
import { effectsUnderWay } from '../../src/core/resuming.ts';
import { buildSpec } from '../support/spec-builder.ts';

const head: CarriedHead = { record: 'hupd', format: carriedFormat, version: '1.0', boot: 'b', pid: 7, startTime: 70 };
const headLine = lineOf(head);

const address = fc.oneof(
  fc.record({ kind: fc.constant('tcp' as const), host: fc.string(), port: fc.nat(65535) }),
  fc.record({ kind: fc.constant('unix' as const), path: fc.string() }),
);
const socket = fc.record({ fd: fc.nat(), inode: fc.nat(), address });
const pid = fc.integer({ min: 2, max: 2 ** 31 - 1 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const child = fc.record({
  pid,
  startTime: fc.nat(),
  generation: fc.nat(),
  pipes: fc.record({ stdout: fc.string(), stderr: orNull(fc.string()), stdin: orNull(fc.string()) }),
  words: fc.array(fc.string()),
  sockets: fc.array(socket),
  ownEach: fc.array(address),
  predecessor: orNull(pid),
  maker: orNull(pid),
  toldReady: fc.boolean(),
  addresses: fc.array(address),
  notify: orNull(fc.record({ path: fc.string(), fd: fc.nat() })),
  readyPipe: orNull(fc.string()),
});
const process: fc.Arbitrary<CarriedProcess> = fc.record({
  process: fc.constant(newProcess),
  older: fc.constant(null),
  nextReloadBy: orNull(fc.constantFrom('hup' as const, 'rolling' as const)),
  logs: fc.record({ stdout: fc.string(), stderr: fc.string() }),
  children: fc.array(child),
  launching: orNull(child),
  configured: fc.array(socket),
  borrowed: fc.array(socket),
  proven: fc.boolean(),
  fcgi: orNull(socket),
});
const name = fc.string({ minLength: 1 }).filter((text) => !text.includes(':'));
const carried: fc.Arbitrary<Carried> = fc
  .record({
    groups: fc.dictionary(name, fc.dictionary(name, process)),
    reloads: fc.uniqueArray(fc.nat()),
    serial: fc.nat(),
    sending: fc.array(fc.tuple(pid, fc.record({ serial: fc.nat(), inputChanged: fc.string() }))),
    leaving: fc.boolean(),
    handed: orNull(fc.record({ servers: fc.constant([]), holders: fc.array(fc.nat()) })),
  })
  .map(({ groups, reloads, serial, sending, leaving, handed }) => ({
    head,
    groups: new Map(
      Object.entries(groups).map(([group]) => [
        group,
        { kind: 'plain' as const, name: group, priority: 999, processes: [] },
      ]),
    ),
    processes: new Map(
      Object.entries(groups).flatMap(([group, processes]) =>
        Object.entries(processes).map(([key, state]) => [`${group}:${key}`, plain(state)] as const),
      ),
    ),
    reloads: new Map(
      reloads.map((id) => [
        id,
        {
          ...{ id, target: 'web', startedAt: 5, facts: [], outcome: null },
          rollout: { at: { stage: 'new' as const }, processes: [], batches: [], failures: [] },
        },
      ]),
    ),
    pools: { nextSerial: serial, pools: [] },
    poolChanges: [],
    sending: new Map(plain(sending)),
    heard: new Map(),
    leaving,
    handed: plain(handed),
  }));

/** Without the null prototypes that fast-check likes to make. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

test('what is written is read back as it was, whatever it says', () => {
  fc.assert(
    fc.property(carried, (state) => {
      const text = writeCarried(state).map(lineOf).join('');
      const read = readCarried(text);
      assert.ok(read.ok, read.ok ? '' : read.why);
      // A launch has the identity that the arbitrary gives it: both sides have it.
      assert.deepEqual(read.carried, { ...state, groups: read.carried.groups });
      assert.deepEqual(writeCarried(read.carried).map(lineOf).join(''), text);
    }),
    { numRuns: 200 },
  );
});

test('a state that is cut off anywhere is read up to its last whole line, or refused', () => {
  fc.assert(
    fc.property(carried, fc.double({ min: 0, max: 1, noNaN: true }), (state, share) => {
      const text = writeCarried(state).map(lineOf).join('');
      const cut = text.slice(0, Math.floor(share * text.length));
      assert.equal(readCarried(cut).ok, cut.includes('\n'));
    }),
    { numRuns: 200 },
  );
});

test('what is not known or makes no sense is refused with words', () => {
  for (const [text, why] of [
    ['', 'it does not begin as the state of a hupd does'],
    ['\n', 'it does not begin as the state of a hupd does'],
    ['{"record":"hupd"}\n', 'it does not begin as the state of a hupd does'],
    [
      headLine.replace(`"format":${carriedFormat}`, '"format":2'),
      'it is of format 2, written by hupd 1.0; this hupd reads format 1',
    ],
    [
      headLine.replace(`"format":${carriedFormat}`, '"format":0'),
      'it is of format 0, written by hupd 1.0; this hupd reads format 1',
    ],
    [`${headLine}{"record":"tea"}\n`, 'line 2: "tea".record is "tea", which this hupd does not know'],
    [`${headLine}[]\n`, 'line 2: it is no record'],
    [`${headLine}{"record":\n`, 'line 2: it is no record'],
    [`${headLine}${headLine}`, 'line 2: a second beginning'],
    [
      `${headLine}{"record":"group","name":"a","spec":{}}\n`,
      'line 2: "group".spec.kind is undefined, which this hupd does not know',
    ],
    [
      `${headLine}{"record":"process","group":"a","name":"a","state":{}}\n`,
      'line 2: "process".state.process is no record',
    ],
    [`${headLine}{"record":"handed","descriptors":[]}\n`, 'line 2: "handed".descriptors is no record'],
  ] as const) {
    assert.deepEqual(readCarried(text), { ok: false, why }, text);
  }
});

test('the last line of a thing counts; a group that is gone takes its processes along; facts are added to their reload', () => {
  const group = { kind: 'plain', name: 'a', priority: 1, processes: [] };
  const state = {
    ...{ process: newProcess, older: null, nextReloadBy: null, launching: null, logs: { stdout: '', stderr: '' } },
    ...{ children: [], configured: [], borrowed: [], proven: false, fcgi: null },
  };
  const fact = { at: 1, group: 'a', name: 'p', fact: 'signalled', pid: 1, signal: 1 };
  const reload = {
    id: 3,
    target: 'a',
    startedAt: 0,
    facts: [],
    outcome: null,
    rollout: { at: { stage: 'new' }, processes: [], batches: [], failures: [] },
  };
  const records: readonly object[] = [
    { record: 'group', name: 'a', spec: group },
    { record: 'process', group: 'a', name: 'p', state },
    { record: 'process', group: 'a', name: 'p', state: { ...state, proven: true } },
    { record: 'reload', reload },
    { record: 'fact', id: 3, fact },
    { record: 'rollout', id: 3, at: { stage: 'ended' }, failures: [], outcome: { ok: true, reason: '', endedAt: 9 } },
    { record: 'fact', id: 99, fact },
  ];
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const read = readCarried(headLine + lines);
  assert.ok(read.ok);
  assert.equal(read.carried.processes.get('a:p')?.proven, true);
  assert.deepEqual(read.carried.reloads.get(3)?.facts, [fact]);
  assert.equal(read.carried.reloads.get(3)?.outcome?.ok, true);
  const gone = readCarried(`${headLine}${lines}{"record":"group","name":"a","spec":null}\n`);
  assert.ok(gone.ok);
  assert.equal(gone.carried.processes.size + gone.carried.groups.size, 0);
});

test('an older state has all that this version expects, and keeps what it says', () => {
  type Some = { readonly kind: string; readonly a?: number; readonly b?: { readonly c: number; readonly d?: number } };
  assert.deepEqual(fit<Some>({ kind: 'x', b: { c: 1 } }, { kind: 'x', a: 2, b: { c: 3, d: 4 } }), {
    kind: 'x',
    a: 2,
    b: { c: 1, d: 4 },
  });
  assert.deepEqual(fit<Some>({ kind: 'x' }, { kind: 'y', a: 2 }), { kind: 'x' });
});

test('what was under way is begun again: a start, a check, a test; what only waits is not', () => {
  const spec = buildSpec({});
  const current = { number: 4, pid: 40, since: 0, startedAt: 0 };
  const successor = { number: 5, pid: 50, since: 0, startedAt: 0 };
  const base = { strategy: 'rolling' as const, begun: 0 };
  const effects = (process: Partial<typeof newProcess>) =>
    effectsUnderWay({ ...newProcess, ...process }, spec).map(({ effect }) => effect);
  const running = { state: 'RUNNING' as const, current };
  assert.deepEqual(effects({}), []);
  assert.deepEqual(effects({ life: running }), []);
  assert.deepEqual(effects({ life: { state: 'SPAWNING' }, spawning: 4 }), ['spawn']);
  assert.deepEqual(effects({ life: running, reload: { ...base, phase: 'spawning' }, spawning: 5 }), ['spawn']);
  const waiting = { ...base, phase: 'waiting' as const, successor, adopted: false, until: 9, lastAnswer: '' };
  assert.deepEqual(effects({ life: running, reload: waiting }), ['check-ready']);
  const calling = { ...base, phase: 'calling' as const, generation: 5, until: 9 };
  assert.deepEqual(effects({ life: running, reload: calling, spawning: 5 }), ['follow']);
  const overlapping = { ...base, phase: 'overlapping' as const, predecessor: current, adopted: false, until: 9 };
  assert.deepEqual(effects({ life: running, reload: overlapping }), []);
});
