import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type EventType,
  envelope,
  payload,
  reloadEvent,
  type SupervisorEvent,
  stateEvent,
} from '../../src/core/event.ts';
import { eventTypeNames, subscription } from '../../src/core/event-type.ts';

const web = { process: 'web', group: 'site' } as const;
const from = { ...web, fromState: 'RUNNING' } as const;

const payloads: ReadonlyArray<readonly [SupervisorEvent, string]> = [
  [
    { ...web, type: 'PROCESS_STATE_STARTING', fromState: 'STOPPED', tries: 0 },
    'processname:web groupname:site from_state:STOPPED tries:0',
  ],
  [
    { ...web, type: 'PROCESS_STATE_BACKOFF', fromState: 'STARTING', tries: 2 },
    'processname:web groupname:site from_state:STARTING tries:2',
  ],
  [
    { ...web, type: 'PROCESS_STATE_RUNNING', fromState: 'STARTING', pid: 7 },
    'processname:web groupname:site from_state:STARTING pid:7',
  ],
  [{ ...from, type: 'PROCESS_STATE_STOPPING', pid: 7 }, 'processname:web groupname:site from_state:RUNNING pid:7'],
  [
    { ...web, type: 'PROCESS_STATE_STOPPED', fromState: 'BACKOFF', pid: 0 },
    'processname:web groupname:site from_state:BACKOFF pid:0',
  ],
  [
    { ...from, type: 'PROCESS_STATE_EXITED', expected: true, pid: 7 },
    'processname:web groupname:site from_state:RUNNING expected:1 pid:7',
  ],
  [
    { ...from, type: 'PROCESS_STATE_EXITED', expected: false, pid: 7 },
    'processname:web groupname:site from_state:RUNNING expected:0 pid:7',
  ],
  [{ ...web, type: 'PROCESS_STATE_FATAL', fromState: 'BACKOFF' }, 'processname:web groupname:site from_state:BACKOFF'],
  [{ ...from, type: 'PROCESS_STATE_UNKNOWN' }, 'processname:web groupname:site from_state:RUNNING'],
  [
    { ...web, type: 'PROCESS_LOG_STDOUT', pid: 7, data: 'a\nb\n' },
    'processname:web groupname:site pid:7 channel:stdout\na\nb\n',
  ],
  [{ ...web, type: 'PROCESS_LOG_STDERR', pid: 7, data: 'x' }, 'processname:web groupname:site pid:7 channel:stderr\nx'],
  [
    { ...web, type: 'PROCESS_COMMUNICATION_STDOUT', pid: 7, data: 'hello' },
    'processname:web groupname:site pid:7\nhello',
  ],
  [{ ...web, type: 'PROCESS_COMMUNICATION_STDERR', pid: 7, data: '' }, 'processname:web groupname:site pid:7\n'],
  [{ type: 'REMOTE_COMMUNICATION', remoteType: 'deploy', data: 'v2' }, 'type:deploy\nv2'],
  [{ type: 'SUPERVISOR_STATE_CHANGE_RUNNING' }, ''],
  [{ type: 'SUPERVISOR_STATE_CHANGE_STOPPING' }, ''],
  [{ type: 'TICK_5', when: 1700000005 }, 'when:1700000005'],
  [{ type: 'TICK_60', when: 60 }, 'when:60'],
  [{ type: 'TICK_3600', when: 3600 }, 'when:3600'],
  [{ type: 'PROCESS_GROUP_ADDED', group: 'site' }, 'groupname:site\n'],
  [{ type: 'PROCESS_GROUP_REMOVED', group: 'site' }, 'groupname:site\n'],
  [
    { ...web, type: 'PROCESS_RELOAD_STARTED', strategy: 'rolling', pid: 7 },
    'processname:web groupname:site strategy:rolling pid:7',
  ],
  [{ ...web, type: 'PROCESS_RELOAD_READY', pid: 8, afterSecs: 4.2 }, 'processname:web groupname:site pid:8 after:4.2'],
  [{ ...web, type: 'PROCESS_RELOAD_COMPLETED', pid: 8, tookSecs: 5 }, 'processname:web groupname:site pid:8 took:5'],
  [{ ...web, type: 'PROCESS_RELOAD_FAILED', reason: 'it died' }, 'processname:web groupname:site\nit died'],
];
for (const [event, expected] of payloads) {
  test(`the payload of ${event.type}: ${JSON.stringify(expected)}`, () => {
    assert.equal(payload(event), expected);
  });
}

const allTypes = [...new Set(payloads.map(([event]) => event.type))];
const supervisordTypes = allTypes.filter((type) => !type.startsWith('PROCESS_RELOAD'));

// A parent brings its children and nothing else.
const parents: ReadonlyArray<readonly [name: string, types: readonly EventType[]]> = [
  ['EVENT', supervisordTypes],
  ...[
    'PROCESS_STATE',
    'PROCESS_LOG',
    'PROCESS_COMMUNICATION',
    'SUPERVISOR_STATE_CHANGE',
    'TICK',
    'PROCESS_GROUP',
    'PROCESS_RELOAD',
  ].map((name) => [name, allTypes.filter((type) => type.startsWith(`${name}_`))] as const),
  ...allTypes.map((type) => [type, [type]] as const),
];
for (const [name, types] of parents) {
  test(`a listener of ${name} gets ${types.length === 1 ? 'that' : `${types.length} types`}`, () => {
    assert.ok(eventTypeNames.has(name));
    assert.ok(types.length > 0);
    assert.deepEqual([...subscription([name])].sort(), [...types].sort());
  });
}

test("hupd's own events come only to listeners that name them", () => {
  const got = subscription(['EVENT', 'PROCESS_STATE', 'TICK']);
  assert.deepEqual(
    [...got].filter((type) => type.startsWith('PROCESS_RELOAD')),
    [],
  );
  assert.equal(subscription(['EVENT', 'PROCESS_RELOAD']).size, allTypes.length);
});

test('an event that a listener named twice over comes once', () => {
  assert.equal(subscription(['EVENT', 'TICK', 'TICK_5']).size, supervisordTypes.length);
});

test('a name that is no event type is known for one, and brings nothing', () => {
  for (const name of ['', 'event', 'PROCESS', 'PROCESS_STATE_', 'TICK_6', '__proto__', 'constructor']) {
    assert.equal(eventTypeNames.has(name), false, name);
    assert.equal(subscription([name]).size, 0);
  }
});

test('the envelope is one line of tokens in supervisord’s order, then the payload and nothing else', () => {
  assert.equal(
    envelope({ type: 'TICK_5', when: 5 }, { server: 'supervisor', serial: 21, pool: 'listener', poolSerial: 10 }),
    'ver:3.0 server:supervisor serial:21 pool:listener poolserial:10 eventname:TICK_5 len:6\nwhen:5',
  );
});

const lengths: ReadonlyArray<readonly [data: string, length: number]> = [
  ['', 0],
  ['abc', 3],
  ['öäü', 3],
  ['\u{1f600}', 1],
  ['a\u{1f600}\u{1f600}b…', 5],
];
for (const [data, length] of lengths) {
  test(`len of ${JSON.stringify(data)} counts ${length} code points`, () => {
    const head = 'type:\n'.length;
    const text = envelope(
      { type: 'REMOTE_COMMUNICATION', remoteType: '', data },
      { server: '', serial: 0, pool: '', poolSerial: 0 },
    );
    assert.match(text, new RegExp(`len:${length + head}\n`));
  });
}

test('a change of state makes the event of the state that was reached', () => {
  const states = ['STOPPED', 'STARTING', 'RUNNING', 'BACKOFF', 'STOPPING', 'EXITED', 'FATAL', 'UNKNOWN'] as const;
  const change = { from: 'STARTING', pid: 7, tries: 3, expected: true } as const;
  assert.deepEqual(
    states.map((to) =>
      payload(stateEvent(web, { ...change, to })).replace('processname:web groupname:site from_state:STARTING', to),
    ),
    [
      'STOPPED pid:7',
      'STARTING tries:3',
      'RUNNING pid:7',
      'BACKOFF tries:3',
      'STOPPING pid:7',
      'EXITED expected:1 pid:7',
      'FATAL',
      'UNKNOWN',
    ],
  );
});

test('of what a reload has to tell, its beginning, readiness and end make events', () => {
  const base = { at: 0, group: 'site', name: 'web' } as const;
  const told = [
    reloadEvent({ ...base, fact: 'started', strategy: 'rolling', pid: 7, generation: 1 }),
    reloadEvent({ ...base, fact: 'spawned', pid: 8, generation: 2 }),
    reloadEvent({ ...base, fact: 'ready', pid: 8, afterSecs: 4 }),
    reloadEvent({ ...base, fact: 'done', pid: 8, tookSecs: 5, dropped: -1, longestQueue: -1 }),
    reloadEvent({ ...base, fact: 'failed', reason: 'no', lastOutput: [] }),
  ];
  assert.deepEqual(
    told.map((event) => event?.type),
    ['PROCESS_RELOAD_STARTED', undefined, 'PROCESS_RELOAD_READY', 'PROCESS_RELOAD_COMPLETED', 'PROCESS_RELOAD_FAILED'],
  );
});
