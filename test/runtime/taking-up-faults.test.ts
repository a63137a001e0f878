/**
 * Whatever the system refuses while a daemon takes up what an earlier one has left, and in what comes right after: the process is adopted, or the log
 * says what could not be had; there are never two of it, none is lost, nothing is left open, and the daemon after that finds it again.
 * As in `faults.test.ts`, each story is told once to count the calls that may fail, then once for every call.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Carried } from '../../src/core/carried.ts';
import { readCarried } from '../../src/core/carried-lines.ts';
import type { StateName } from '../../src/core/states.ts';
import { StateFile } from '../../src/os/state-file.ts';
import { FakeDaemon, program } from '../support/fake-daemon.ts';
import type { FallibleCall } from '../support/fake-kernel.ts';
import { FakeOs } from '../support/fake-os.ts';
import { KeptState } from '../support/kept-state.ts';
import { tempDir } from '../support/temp-dir.ts';

const errnos = ['EMFILE', 'ENOSPC', 'EAGAIN', 'ENOMEM', 'EPERM'] as const;
/** What is lost by these, a line of the log says. */
const toldCalls: readonly FallibleCall[] = [
  'reopenLogPipe',
  'reopenInputPipe',
  'regainSocket',
  'regainNotifySocket',
  'findWriter',
  'follow',
];
const sockets = 'socket=tcp://127.0.0.1:8000\n';
const rolling = 'reload_strategy=rolling\nreload_overlap=1\nreload_timeout=20\n';

/** The machine, the file, and the daemon that lives there now. */
class World {
  readonly os = new FakeOs();
  file = new KeptState();
  daemon: FakeDaemon;
  /** Who is started now does not tell that it is ready by descriptor 9. */
  isMute = false;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.daemon = new FakeDaemon(text, { os: this.os, file: this.file });
    this.#behave();
  }

  #behave(): void {
    const { os } = this;
    os.onSpawn = (child) => {
      child.obeys([15, 9]);
      child.listening = [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }];
      child.serves = true;
      child.probe?.accept();
      if (child.request.fds.has(9) && !this.isMute) child.write(9, '\n');
      os.notifySockets.at(-1)?.send('READY=1', child.pid);
    };
  }

  /** The daemon dies, or becomes the next one in place. `state`: what it had written; null: up to now. */
  leave(stays: boolean, state: string | null = null): Carried {
    if (stays) this.daemon.supervisor.handOver([]);
    const left = leftIn(state ?? this.file.text);
    this.os.die(stays);
    return left;
  }

  next(left: Carried, stays: boolean): void {
    this.file = new KeptState();
    this.daemon = new FakeDaemon(this.#text, { os: this.os, file: this.file, left, stays });
    this.#behave();
    this.daemon.begin();
  }
}

interface Story {
  readonly name: string;
  readonly text: string;
  readonly stays: boolean;
  /** Up to the end of the first daemon; what it has left. */
  readonly before: (world: World) => Promise<Carried>;
  readonly after: (world: World) => Promise<void>;
  readonly ends: readonly StateName[];
}

const setups: ReadonlyArray<readonly [name: string, text: string, before: (world: World) => Promise<void>]> = [
  ['a program', program('web'), up],
  ['a program with sockets', program('web', `${sockets}${rolling}ready_check=startsecs\n`), up],
  [
    'a program that was reloaded on borrowed sockets',
    program('web', `${rolling}ready_check=startsecs\n`),
    async (world) => {
      await up(world);
      world.daemon.begunReload('web');
      await world.daemon.elapse(10_000);
    },
  ],
  ['a program that notifies', program('web', `${rolling}ready_check=notify\nready_timeout=5\n`), up],
  [
    'a program in the middle of its reload',
    program('web', `${rolling}${sockets}ready_check=fd:9\nready_timeout=5\n`),
    async (world) => {
      await up(world);
      world.isMute = true;
      world.daemon.begunReload('web');
      await world.daemon.elapse(10);
      world.isMute = false;
    },
  ],
  ['a FastCGI program', `[fcgi-program:web]\ncommand=/bin/sh\nsocket=tcp://127.0.0.1:9000\n${quietLogs()}`, up],
];

const sequels: ReadonlyArray<
  readonly [name: string, after: (world: World) => Promise<void>, ends: readonly StateName[]]
> = [
  ['nothing more', untouched, ['RUNNING']],
  [
    'a stop',
    async (world) => {
      void world.daemon.stop('web', false);
      await world.daemon.elapse(60_000);
    },
    ['STOPPED', 'UNKNOWN'],
  ],
  [
    'a reload',
    async (world) => {
      await world.daemon.elapse(10_000);
      world.daemon.begunReload('web');
      await world.daemon.elapse(60_000);
    },
    ['RUNNING', 'UNKNOWN', 'FATAL', 'STOPPED'],
  ],
  [
    'its end',
    async (world) => {
      const { pid } = world.daemon.view('web');
      if (world.os.living.some((child) => child.pid === pid)) world.os.exit(pid, 1);
      await world.daemon.elapse(60_000);
    },
    ['RUNNING', 'UNKNOWN'],
  ],
];

const stories: readonly Story[] = [
  ...[false, true].flatMap((stays) =>
    setups.flatMap(([setup, text, begin]) =>
      sequels.map(([sequel, after, ends]) => ({
        name: `${setup}, after ${stays ? 'an upgrade' : 'a crash'}, then ${sequel}`,
        ...{ text, stays, after, ends },
        before: async (world: World) => {
          await begin(world);
          return world.leave(stays);
        },
      })),
    ),
  ),
  {
    name: 'a program that was being started',
    text: program('web'),
    stays: false,
    before: async (world) => {
      let state = '';
      const { onSpawn } = world.os;
      world.os.onSpawn = (child) => {
        onSpawn(child);
        state = world.file.text;
      };
      await up(world);
      return world.leave(false, state);
    },
    after: untouched,
    ends: ['RUNNING'],
  },
];

for (const story of stories) {
  describe(`${story.name}, with a fault at each call`, async () => {
    const plain = await told(story, null);
    const { calls } = plain;
    it('is adopted where nothing fails', async () => {
      assert.ok(calls.length > 0);
      const { daemon, os } = plain.world;
      assert.match(
        daemon.lines.join('\n'),
        story.stays ? /upgraded in place: \d/ : /took up what hupd with pid 999 has left/,
      );
      if (story.after === untouched) assert.equal(os.spawned.length, plain.spawned);
      await afterwards(plain.world);
    });
    for (const [index, name] of calls.entries()) {
      const errno = errnos[index % errnos.length] ?? 'EMFILE';
      it(`${index + 1}: ${name} says ${errno}`, async () => {
        const { world } = await told(story, { index, errno });
        const { daemon, os } = world;
        const log = daemon.lines.join('\n');
        const state = daemon.state('web');
        assert.ok(story.ends.includes(state), `${state}\n${log}`);
        if (toldCalls.includes(name)) assert.match(log, /^(WARN|ERRO)/m);
        const unreached = daemon.lines.filter((line) => line.startsWith('CRIT unknown problem')).length;
        const unseen = daemon.lines.filter((line) => line.endsWith('look for a second one')).length;
        if (state === 'RUNNING') {
          assert.ok(os.living.length <= 1 + unreached + unseen, log);
          assert.ok(os.living.some(({ pid }) => pid === daemon.view('web').pid));
        } else if (state !== 'UNKNOWN') assert.equal(os.living.length, unreached, log);
        const grave = daemon.lines.filter((line) => /internal error|^CRIT/.test(line));
        assert.equal(grave.length, unreached, grave.join('\n'));
        await afterwards(world);
      });
    }
  });
}

async function told(story: Story, fault: { index: number; errno: (typeof errnos)[number] } | null) {
  const world = new World(story.text);
  const left = await story.before(world);
  const spawned = world.os.spawned.length;
  const counted = world.os.countCalls();
  if (fault !== null) world.os.failCall(fault.index, fault.errno);
  world.next(left, story.stays);
  await story.after(world);
  world.os.forgetFaults();
  return { world, spawned, calls: [...counted] };
}

/** It can be started, a third daemon finds it, and at the end nothing is left. */
async function afterwards(world: World): Promise<void> {
  const { os } = world;
  if (world.daemon.state('web') === 'UNKNOWN') {
    for (const child of os.living) os.exit(child.pid, 0);
    await world.daemon.elapse(2000);
  }
  if (world.daemon.state('web') !== 'RUNNING') void world.daemon.start('web', false);
  await world.daemon.elapse(10_000);
  const { pid, state } = world.daemon.view('web');
  assert.equal(state, 'RUNNING', world.daemon.lines.join('\n'));
  world.next(world.leave(false), false);
  await world.daemon.elapse(10_000);
  assert.deepEqual([world.daemon.state('web'), world.daemon.view('web').pid], ['RUNNING', pid]);
  world.daemon.supervisor.shutdown();
  await world.daemon.elapse(30_000);
  for (const child of os.living) os.exit(child.pid, 0);
  await world.daemon.elapse(30_000);
  assert.equal(await world.daemon.supervisor.ended, 'shutdown');
  assert.deepEqual(os.leaks(), []);
}

describe('a process whose stdout can not be opened again', () => {
  it('keeps its stderr as its stderr, for the daemon after that too', async () => {
    const world = new World(program('web'));
    await up(world);
    const left = world.leave(false);
    world.os.failNext('reopenLogPipe', 'EMFILE');
    world.next(left, false);
    await world.daemon.elapse(1000);
    const pipes = (carried: Carried) => carried.processes.get('web:web')?.children[0]?.pipes;
    assert.equal(pipes(leftIn(world.file.text))?.stderr, pipes(left)?.stderr);
    assert.notEqual(pipes(left)?.stderr, null);
  });
});

/** As a full disk: what fits of a line is written. From the `nth` use on, `times` of them fail. */
class FullDisk extends KeptState {
  uses = 0;
  readonly #from: number;
  readonly #times: number;

  constructor(from: number, times: number) {
    super();
    this.#from = from;
    this.#times = times;
  }

  override append(line: string): void {
    const isFull = this.#isFull();
    super.append(isFull ? line.slice(0, line.length / 2) : line);
    if (isFull) throw new Error('ENOSPC: no space left on device, write');
  }

  override replace(text: string): void {
    if (this.#isFull()) throw new Error('EIO: i/o error, write');
    super.replace(text);
  }

  #isFull(): boolean {
    const use = this.uses++;
    return use >= this.#from && use < this.#from + this.#times;
  }
}

describe('a state file that can not be written', async () => {
  async function lived(file: FullDisk): Promise<FakeDaemon> {
    const daemon = new FakeDaemon(program('web', `${sockets}${rolling}ready_check=startsecs\n`), { file });
    await daemon.up();
    daemon.begunReload('web');
    await daemon.elapse(10_000);
    daemon.os.exit(daemon.view('web').pid, 1);
    await daemon.elapse(10_000);
    void daemon.stop('web', false);
    await daemon.elapse(1000);
    void daemon.start('web', false);
    await daemon.elapse(5000);
    return daemon;
  }
  const plain = new FullDisk(0, 0);
  const like = await lived(plain);
  const trouble = (daemon: FakeDaemon) => daemon.lines.filter((line) => /^(ENOSPC|EIO)/.test(line));

  for (let use = 0; use < plain.uses; use++) {
    for (const times of [1, 2, 3]) {
      it(`at use ${use + 1}, ${times} of them: nothing else changes, it is said once, and what is written next is true`, async () => {
        const file = new FullDisk(use, times);
        const daemon = await lived(file);
        assert.equal(trouble(daemon).length, 1);
        assert.deepEqual(
          daemon.lines.filter((line) => !trouble(daemon).includes(line)),
          like.lines,
        );
        if (use + times < plain.uses) assert.deepEqual(leftIn(file.text), leftIn(plain.text));
      });
    }
    it(`from use ${use + 1} on: the next daemon reads what was written before, or nothing`, async () => {
      const file = new FullDisk(use, Number.POSITIVE_INFINITY);
      const daemon = await lived(file);
      assert.equal(trouble(daemon).length, 1);
      if (file.text !== '') assert.ok(readCarried(file.text).ok);
    });
  }

  it('leaves nothing half written beside it', (t) => {
    const dir = tempDir(t);
    mkdirSync(`${dir}/state`);
    assert.throws(() => new StateFile(`${dir}/state`).replace('x'));
    assert.deepEqual(readdirSync(dir), ['state']);
  });
});

describe('an upgrade that is asked for', async () => {
  const question = { file: '/usr/bin/hupd', args: ['hupd', '--check'], env: [], directory: '/' };
  const begun = async () => {
    const daemon = await new FakeDaemon(program('web'), { file: new KeptState(), question }).up();
    daemon.os.onSpawn = (child) => daemon.os.exit(child.pid, 0);
    return daemon;
  };
  const plain = await begun();
  const counted = plain.os.countCalls();
  const asked = plain.supervisor.upgrade();
  await plain.elapse(10);
  assert.ok((await asked).ok);

  for (const [index, name] of [...counted].entries()) {
    for (const errno of errnos) {
      it(`is refused in words where ${name} says ${errno}, and may be asked for again`, async () => {
        const daemon = await begun();
        daemon.os.failCall(index, errno);
        const first = daemon.supervisor.upgrade();
        await daemon.elapse(10);
        const refused = await first;
        assert.match(refused.ok ? '' : refused.text, new RegExp(`the new version can not be started: .*${errno}`));
        assert.equal(daemon.state('web'), 'RUNNING');
        const again = daemon.supervisor.upgrade();
        await daemon.elapse(10);
        assert.ok((await again).ok);
        daemon.supervisor.shutdown();
        for (const child of daemon.os.living) child.obeys(15);
        await daemon.elapse(30_000);
        assert.deepEqual(daemon.os.leaks(), []);
      });
    }
  }

  for (const call of ['holdOpen', 'stat'] as const) {
    it(`goes on, or is refused, where ${call} fails on the last step`, async () => {
      const world = new World(program('web'));
      if (call === 'stat') world.os.failAfter(0, 'stat', 'EMFILE'); // as the state is begun
      await up(world);
      world.os.failNext(call, 'EMFILE');
      const { pid } = world.daemon.view('web');
      try {
        world.next(world.leave(true), true);
      } catch (error) {
        assert.match((error as Error).message, /^\/proc\/\d+\/stat can not be read$/);
        assert.equal(call, 'stat');
        world.daemon.supervisor.stay();
      }
      world.os.forgetFaults();
      assert.deepEqual([world.daemon.state('web'), world.daemon.view('web').pid], ['RUNNING', pid]);
      await afterwards(world);
    });
  }

  it('and can not be written down leaves nothing open, and the daemon goes on', async () => {
    const file = new FullDisk(Number.POSITIVE_INFINITY, 1);
    const daemon = await new FakeDaemon(program('web'), { file }).up();
    file.replace = () => {
      throw new Error('ENOSPC: no space left on device, write');
    };
    assert.throws(() => daemon.supervisor.handOver([]), /ENOSPC/);
    daemon.supervisor.stay();
    assert.equal(daemon.os.heldOpen.size, 0);
    assert.equal(daemon.state('web'), 'RUNNING');
  });
});

/** Of the sequels, the one in which nothing has to be started. */
function untouched(world: World): Promise<void> {
  return world.daemon.elapse(60_000);
}

async function up(world: World): Promise<void> {
  world.daemon.begin();
  await world.daemon.elapse(1100);
}

function leftIn(state: string): Carried {
  const read = readCarried(state);
  assert.ok(read.ok, read.ok ? '' : read.why);
  return read.carried;
}

function quietLogs(): string {
  return 'stdout_logfile=NONE\nstderr_logfile=NONE\n';
}
