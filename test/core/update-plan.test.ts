import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceAddresses } from '../../src/core/service-addresses.ts';
import type { GroupSpec } from '../../src/core/spec.ts';
import { planUpdate } from '../../src/core/update-plan.ts';
import { buildSpec, type SpecOverrides } from '../support/spec-builder.ts';

const asked = { updateStrategy: 'reload', strategy: 'rolling' } as const;

function group(...processes: SpecOverrides[]): GroupSpec {
  return {
    kind: 'plain',
    name: 'web',
    priority: 999,
    processes: processes.map(({ reload, ...process }) => buildSpec({ ...process, reload: { ...asked, ...reload } })),
  };
}

function plan(old: GroupSpec, fresh: GroupSpec): string {
  const made = planUpdate(old, fresh);
  if (made === null) return 'stop and start';
  const { live, reload, add, remove } = made;
  const parts = { live, reload: reload.map(({ name, strategy }) => `${name} by ${strategy}`), add, remove };
  return Object.entries(parts)
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} ${names.join(' ')}`)
    .join(', ');
}

const one = { name: '1' };
const two = { name: '2' };

describe('what an update does to a group', () => {
  for (const [what, old, fresh, wanted] of [
    ['a new command', group(one, two), group({ ...one, command: '/bin/x' }, two), 'reload 1 by rolling'],
    ['new options', group(one, two), group({ ...one, stopWaitSecs: 3 }, two), 'live 1'],
    ['more of them', group(one), group(one, two), 'add 2'],
    ['fewer', group(one, two), group(one), 'remove 2'],
    ['a group priority', group(one), { ...group(one), priority: 3 }, ''],
    ['none that stays', group(one), group(two), 'stop and start'],
    [
      'one that has not asked',
      group(one, { ...two, reload: { updateStrategy: 'restart' } }),
      group(one, { ...two, command: '/bin/x', reload: { updateStrategy: 'restart' } }),
      'stop and start',
    ],
    [
      'one that has not asked and does not change',
      group(one, { ...two, reload: { updateStrategy: 'restart' } }),
      group({ ...one, command: '/bin/x' }, { ...two, reload: { updateStrategy: 'restart' } }),
      'reload 1 by rolling',
    ],
    [
      'one that asks only now',
      group({ ...one, reload: { updateStrategy: 'restart' } }),
      group({ ...one, command: '/bin/x' }),
      'reload 1 by rolling',
    ],
    ['another user', group(one), group({ ...one, uid: 33 }), 'reload 1 by rolling'],
    ['strategy hup', group(one), group({ ...one, umask: 0o77, reload: { strategy: 'hup' } }), 'reload 1 by restart'],
    [
      'another kind',
      group(one),
      { ...group(one), kind: 'eventlistener', bufferSize: 1, events: [], resultHandler: 'default' },
      'stop and start',
    ],
    ['a program that becomes one with a socket', group(one), group({ ...one, kind: 'fcgi-program' }), 'stop and start'],
  ] as ReadonlyArray<readonly [string, GroupSpec, GroupSpec, string]>) {
    it(`with ${what}: ${wanted === '' ? 'nothing' : wanted}`, () => assert.equal(plan(old, fresh), wanted));
  }
});

describe('where a server listens, as far as its command line tells', () => {
  const says = (command: string, environment: ReadonlyArray<readonly [string, string]> = []) =>
    serviceAddresses({ command, environment }).join(' | ');
  for (const [command, wanted] of [
    ['gunicorn -w 4 -b 127.0.0.1:8000 app:app', '-b 127.0.0.1:8000'],
    ['gunicorn --bind=unix:/run/a.sock --timeout 120 app:app', '--bind unix:/run/a.sock'],
    ['gunicorn -b:8000 app:app', '-b :8000'],
    ['uvicorn app:app --host 0.0.0.0 --port 80 --workers 16', '--host 0.0.0.0 | --port 80'],
    ['php -S localhost:8000 -t public', '-S localhost:8000'],
    ['daphne app:app -u /run/d.sock', '/run/d.sock'],
    ['hypercorn unix:/run/h.sock', 'unix:/run/h.sock'],
    ['server -addr :9090', '-addr :9090'],
    ['celery -A app worker --concurrency 8 --max-tasks-per-child=1000', ''],
    ["sh -c 'broken", "sh -c 'broken"],
  ] as const) {
    it(command, () => assert.equal(says(command), wanted));
  }

  it('or its variables', () => {
    assert.equal(
      says('node app.js', [
        ['PORT', '3000'],
        ['NODE_ENV', 'x'],
        ['APP_BIND', 'y'],
      ]),
      'APP_BIND=y | PORT=3000',
    );
  });
});
