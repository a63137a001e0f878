/**
 * Whatever the system refuses on the way of a start, a stop or a reload, and wherever: the outcome is one of the defined ones, nothing is left open,
 * and the process can be started again. Each story is told once to count the calls that may fail, then once for every call and every errno.
 * HUPD_FAULTS=all: every errno at every call; otherwise they take turns, each call failing once.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StateName } from '../../src/core/states.ts';
import { FakeDaemon, program } from '../support/fake-daemon.ts';

const errnos = ['EMFILE', 'ENOSPC', 'EAGAIN', 'ENOMEM', 'EPERM'] as const;
const everyErrno = process.env.HUPD_FAULTS === 'all';

interface Story {
  readonly name: string;
  readonly text: string;
  /** What goes on before the faults begin. */
  readonly before: (daemon: FakeDaemon) => Promise<void>;
  readonly act: (daemon: FakeDaemon) => Promise<void>;
  /** How it may end, for the process `web`. */
  readonly ends: readonly StateName[];
}

const sockets = 'socket=tcp://127.0.0.1:8000 unix:///run/w.sock\n';
const rolling = 'reload_strategy=rolling\nreload_overlap=1\nreload_timeout=20\n';
const up = async (daemon: FakeDaemon) => {
  begin(daemon);
  await daemon.elapse(1100);
};
const reloading = async (daemon: FakeDaemon) => {
  const reload = daemon.begunReload('web');
  await daemon.elapse(60_000);
  if (!reload.ok) return;
  const outcome = daemon.supervisor.reloadView(reload.id)?.outcome ?? null;
  assert.notEqual(outcome, null, 'the reload has ended');
  if (outcome?.ok === false) assert.notEqual(outcome.reason, '', 'it says why');
};
const starting = async (daemon: FakeDaemon) => {
  begin(daemon);
  await daemon.elapse(60_000);
};

const stories: readonly Story[] = [
  ...(
    [
      ['a program', ''],
      ['with sockets', sockets],
      ['with notify', `${rolling}ready_check=notify\nready_timeout=5\n`],
      ['with a command for its ready check', `${rolling}ready_check=exec:/bin/true\nready_timeout=5\n`],
      ['with logs of their own', 'redirect_stderr=true\n'],
    ] as const
  ).map(([name, more]) => ({
    name: `a start, ${name}`,
    text: program('web', `startretries=3\n${more}`),
    before: async () => {},
    act: starting,
    ends: ['RUNNING', 'FATAL', 'EXITED', 'UNKNOWN'] as const,
  })),
  {
    name: 'a stop',
    text: program('web', sockets),
    before: up,
    act: async (daemon) => {
      void daemon.stop('web', false);
      await daemon.elapse(60_000);
    },
    ends: ['STOPPED', 'UNKNOWN'],
  },
  {
    name: 'a stop that takes a KILL',
    text: program('web', 'stopwaitsecs=2\nstopasgroup=true\n'),
    before: async (daemon) => {
      await up(daemon);
      for (const child of daemon.os.living) child.ignores(15);
    },
    act: async (daemon) => {
      void daemon.stop('web', false);
      await daemon.elapse(60_000);
    },
    ends: ['STOPPED', 'UNKNOWN', 'STOPPING'],
  },
  ...(
    [
      ['restart', 'reload_strategy=restart\n'],
      ['hup', 'reload_strategy=hup\n'],
      ['hup with a test', 'reload_strategy=hup\nreload_test=/bin/true\n'],
      ['rolling, sockets of its own', `${rolling}${sockets}ready_check=startsecs\n`],
      ['rolling, borrowed sockets', rolling],
      ['rolling, notify', `${rolling}ready_check=notify\n`],
      ['rolling, a command for its ready check', `${rolling}ready_check=exec:/bin/true\n`],
      ['rolling, stop first', `${rolling}reload_order=stop_first\nready_check=startsecs\n`],
    ] as const
  ).map(([name, more]) => ({
    name: `a reload, ${name}`,
    text: program('web', more),
    before: up,
    act: reloading,
    ends: ['RUNNING', 'UNKNOWN', 'FATAL', 'STOPPED'] as const,
  })),
];

function begin(daemon: FakeDaemon): void {
  daemon.os.onSpawn = (child) => {
    child.obeys([15, 9]);
    child.listening = [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }];
    child.probe?.accept();
    const isSide = child.request.file.endsWith('/true');
    if (isSide) daemon.os.exit(child.pid, 0);
    const notify = daemon.os.notifySockets.at(-1);
    if (!isSide) notify?.send('READY=1', child.pid);
  };
  daemon.begin();
}

async function told(story: Story): Promise<FakeDaemon> {
  const daemon = new FakeDaemon(story.text);
  await story.before(daemon);
  return daemon;
}

for (const story of stories) {
  describe(`${story.name}, with a fault at each call`, async () => {
    const plain = await told(story);
    const calls = plain.os.countCalls();
    await story.act(plain);
    const names = [...calls];
    it('makes calls that can fail', () => assert.ok(names.length > 0));
    for (const [index, name] of names.entries()) {
      const turn = errnos[index % errnos.length] ?? 'EMFILE';
      for (const errno of everyErrno ? errnos : [turn]) {
        it(`${index + 1}: ${name} says ${errno}`, async () => {
          const daemon = await told(story);
          daemon.os.failCall(index, errno);
          await story.act(daemon);
          daemon.os.forgetFaults();
          const state = daemon.state('web');
          assert.ok(story.ends.includes(state), `${state}\n${daemon.lines.join('\n')}`);
          // Whom a signal could not reach lives on, and the log says so; it is the only one that may be left.
          const unreached = daemon.lines.filter((line) => line.startsWith('CRIT unknown problem')).length;
          if (state === 'RUNNING') assert.ok(daemon.os.living.length <= 1 + unreached, daemon.lines.join('\n'));
          const grave = daemon.lines.filter((line) => /internal error|^CRIT/.test(line));
          assert.equal(grave.length, unreached, grave.join('\n'));
          await startsAgain(daemon);
          await ends(daemon);
        });
      }
    }
  });
}

/** Whatever has become of it, a start without a fault brings it up. */
async function startsAgain(daemon: FakeDaemon): Promise<void> {
  // What a failed kill has left alone, nobody but itself ends.
  if (['UNKNOWN', 'STOPPING'].includes(daemon.state('web'))) {
    for (const child of daemon.os.living) daemon.os.exit(child.pid, 0);
    await daemon.elapse(1000);
  }
  if (daemon.state('web') !== 'RUNNING') void daemon.start('web', false);
  await daemon.elapse(10_000);
  assert.equal(daemon.state('web'), 'RUNNING', daemon.lines.join('\n'));
}

async function ends(daemon: FakeDaemon): Promise<void> {
  daemon.supervisor.shutdown();
  await daemon.elapse(30_000);
  for (const child of daemon.os.living) daemon.os.exit(child.pid, 0);
  await daemon.elapse(30_000);
  assert.equal(await daemon.supervisor.ended, 'shutdown');
  assert.deepEqual(daemon.os.leaks(), []);
}
