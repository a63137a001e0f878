import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffGroups } from '../../src/core/config-diff.ts';
import type { ChannelSpec, GroupSpec } from '../../src/core/spec.ts';
import { changeKind } from '../../src/core/update-plan.ts';
import { buildSpec, type SpecOverrides } from '../support/spec-builder.ts';

const channel: ChannelSpec = {
  log: { kind: 'auto' },
  maxBytes: 1,
  backups: 1,
  captureMaxBytes: 0,
  eventsEnabled: false,
  syslog: false,
};

function plain(...processes: SpecOverrides[]): GroupSpec {
  return { kind: 'plain', name: 'web', priority: 999, processes: processes.map((process) => buildSpec(process)) };
}

function fcgi(path: string, mode: number): GroupSpec {
  const socket = { address: { kind: 'unix', path }, backlog: null, mode, owner: null } as const;
  return { ...plain({ kind: 'fcgi-program', fcgiSocket: socket }), kind: 'fcgi', socket };
}

function listener(bufferSize: number, ...events: string[]): GroupSpec {
  return {
    ...plain({ kind: 'eventlistener' }),
    kind: 'eventlistener',
    bufferSize,
    events,
    resultHandler: 'supervisor_stdout:event_handler',
  };
}

function verdict(old: GroupSpec, fresh: GroupSpec): string {
  const { changed, refreshed } = diffGroups([old], [fresh]);
  return changed.length > 0 ? 'changed' : refreshed.length > 0 ? 'refreshed' : 'same';
}

const base = { stdout: channel, environment: [['A', '1'] as const, ['B', '2'] as const] };

describe('comparing the running groups with the file', () => {
  it('finds groups that came and went by name', () => {
    const other: GroupSpec = { ...plain({}), name: 'other' };
    const { added, removed, changed, refreshed } = diffGroups([plain({})], [other]);
    assert.deepEqual([added, removed, changed, refreshed], [[other], [plain({})], [], []]);
  });

  for (const [what, old, fresh, wanted] of [
    ['nothing', base, base, 'same'],
    ['the command', base, { ...base, command: '/bin/other' }, 'changed'],
    ['stopwaitsecs', base, { ...base, stopWaitSecs: 11 }, 'changed'],
    ['autorestart', base, { ...base, autorestart: true }, 'changed'],
    ['the order of exit codes', { exitCodes: [0, 2] }, { exitCodes: [2, 0] }, 'changed'],
    ['a variable', base, { ...base, environment: [['A', '2']] }, 'changed'],
    [
      'the order of variables',
      base,
      {
        ...base,
        environment: [
          ['B', '2'],
          ['A', '1'],
        ],
      },
      'refreshed',
    ],
    ['a log size', base, { ...base, stdout: { ...channel, maxBytes: 2 } }, 'changed'],
    ['AUTO to a path', base, { ...base, stdout: { ...channel, log: { kind: 'file', path: '/x' } } }, 'changed'],
    ['a path to AUTO', { stdout: { ...channel, log: { kind: 'file', path: '/x' } } }, base, 'changed'],
    ['socket=', base, { ...base, reload: { sockets: [{ kind: 'unix', path: '/x' }] } }, 'changed'],
    ['reload_strategy', base, { ...base, reload: { strategy: 'rolling' } }, 'refreshed'],
    ['ready_check', base, { ...base, reload: { readyCheck: { kind: 'notify' } } }, 'refreshed'],
  ] as const satisfies ReadonlyArray<readonly [string, SpecOverrides, SpecOverrides, string]>) {
    it(`calls a program ${wanted} when ${what} differs`, () => {
      assert.equal(verdict(plain(old), plain(fresh)), wanted);
    });
  }

  for (const [what, old, fresh, wanted] of [
    ['the kind', plain({}), listener(10, 'TICK_5'), 'changed'],
    ['the priority', plain({}), { ...plain({}), priority: 1 }, 'changed'],
    ['the number of processes', plain({}), plain({}, { name: 'b' }), 'changed'],
    ['the order of programs', plain({}, { name: 'b' }), plain({ name: 'b' }, {}), 'changed'],
    ['the socket of an fcgi-program', fcgi('/a', 0o700), fcgi('/b', 0o700), 'changed'],
    ['the mode of that socket', fcgi('/a', 0o700), fcgi('/a', 0o770), 'refreshed'],
    ['buffer_size', listener(10, 'TICK_5'), listener(11, 'TICK_5'), 'changed'],
    ['the events', listener(10, 'TICK_5'), listener(10, 'TICK_60'), 'changed'],
  ] as const satisfies ReadonlyArray<readonly [string, GroupSpec, GroupSpec, string]>) {
    it(`calls a group ${wanted} when ${what} differs`, () => {
      assert.equal(verdict(old, fresh), wanted);
    });
  }
});

describe('what update_strategy=reload has to do', () => {
  for (const [what, fresh, wanted] of [
    ['nothing', base, 'none'],
    ['log sizes', { ...base, stdout: { ...channel, maxBytes: 2, backups: 2 } }, 'live'],
    ['stopwaitsecs and autorestart', { ...base, stopWaitSecs: 11, autorestart: false }, 'live'],
    ['reload_timeout', { ...base, reload: { timeoutSecs: 1 } }, 'live'],
    ['the command', { ...base, command: '/bin/other' }, 'reload'],
    ['the environment', { ...base, environment: [] }, 'reload'],
    ['the log file', { ...base, stdout: { ...channel, log: { kind: 'none' } } }, 'reload'],
    ['socket=', { ...base, reload: { sockets: [{ kind: 'unix', path: '/x' }] } }, 'reload'],
  ] as const satisfies ReadonlyArray<readonly [string, SpecOverrides, string]>) {
    it(`is ${wanted} when ${what} differs`, () => {
      assert.equal(changeKind(buildSpec(base), buildSpec(fresh)), wanted);
    });
  }
});
