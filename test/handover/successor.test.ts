/** Which relative of a process is the successor that it has made: never a worker, never a helper. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunicorn } from '../../src/handover/profiles/gunicorn.ts';
import { findSuccessor, type Kin } from '../../src/handover/successor.ts';
import type { ProcessLook } from '../../src/os/os.ts';

const master: ProcessLook = {
  pid: 100,
  ppid: 1,
  pgid: 100,
  startTime: 1,
  state: 'S',
  program: '/srv/releases/1/server',
  words: ['/srv/current/server', '--port', '80'],
  environment: new Map([['HOME', '/']]),
  image: 'first',
  files: new Set(['/run/out.1', 'socket:[7]']),
};
const child = (changes: Partial<ProcessLook>): ProcessLook => ({ ...master, pid: 101, ppid: 100, ...changes });
const executed = { image: 'second' };
const env = (name: string, value: string) => ({
  environment: new Map([
    ['HOME', '/'],
    [name, value],
  ]),
});

function found(candidate: ProcessLook, kin: Partial<Kin> = {}): boolean {
  const all = { predecessor: master, server: null, candidates: [candidate], named: new Set<number>(), ...kin };
  return findSuccessor(all)?.pid === candidate.pid;
}

const successors: ReadonlyArray<readonly [string, Partial<ProcessLook>]> = [
  ['one that was executed with its sockets', executed],
  ['a new release of it elsewhere', { ...executed, program: '/srv/releases/2/server' }],
  [
    'one that a variable tells so, before it has any socket',
    { ...executed, files: new Set(), ...env('UNICORN_FD', '7') },
  ],
];
for (const [what, changes] of successors) {
  test(`${what} is its successor`, () => assert.ok(found(child(changes))));
}

const others: ReadonlyArray<readonly [string, Partial<ProcessLook>]> = [
  ['a worker, which is a fork', {}],
  ['a fork that has not executed anything yet', { ...env('NGINX', '7;') }],
  ['a helper', { ...executed, program: '/usr/bin/convert', words: ['convert'] }],
  ['a worker of a node cluster', { ...executed, ...env('NODE_UNIQUE_ID', '1') }],
  [
    'the same program with other arguments and without the sockets',
    { ...executed, words: ['server', 'x'], files: new Set() },
  ],
  ['one that has ended already', { ...executed, state: 'Z' }],
  ['one that can not be looked at', { image: '', files: new Set() }],
];
for (const [what, changes] of others) {
  test(`${what} is not`, () => assert.ok(!found(child(changes))));
}

test('a variable that the process was given itself says nothing of its children', () => {
  const predecessor = { ...master, ...env('UNICORN_FD', '7'), files: new Set(['socket:[7]']) };
  const helper = child({ ...executed, ...env('UNICORN_FD', '7'), files: new Set() });
  assert.ok(!found(helper, { predecessor }));
});

test("gunicorn's names its predecessor, whatever its title says", () => {
  const renamed = child({
    ...executed,
    program: '/usr/bin/python3',
    words: ['gunicorn: master'],
    ...env('GUNICORN_PID', '100'),
  });
  assert.ok(found(renamed, { server: gunicorn }));
  const helper = child({
    ...executed,
    program: '/usr/bin/python3',
    ...env('GUNICORN_PID', '90'),
    words: ['x'],
    files: new Set(),
  });
  assert.ok(
    !found(helper, {
      server: gunicorn,
      predecessor: { ...master, program: '/usr/bin/python3', ...env('GUNICORN_PID', '90') },
    }),
  );
});

test('what the process names is believed first, where it can not be looked at too', () => {
  const hidden = child({ image: '', files: new Set() });
  assert.ok(found(hidden, { named: new Set([101]) }));
  assert.ok(!found({ ...hidden, pid: 100 }, { named: new Set([100]) }), 'itself is not its successor');
  const candidates = [child(executed), child({ pid: 102, image: '' })];
  assert.equal(findSuccessor({ predecessor: master, server: null, candidates, named: new Set([102]) })?.pid, 102);
});

test('a program without sockets has a successor when the same command line is executed', () => {
  const predecessor = { ...master, files: new Set(['/run/out.1']) };
  assert.ok(found(child({ ...executed, files: new Set() }), { predecessor }));
  assert.ok(!found(child({ ...executed, files: new Set(), words: [...master.words, '-x'] }), { predecessor }));
});
