/** Whatever clients, processes and the clock do in whatever order to a whole daemon: in the end it is at rest, and nothing is left over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeDaemon, program } from '../support/fake-daemon.ts';
import type { FakeProcess } from '../support/fake-process.ts';

const TERM = 15;
const KILL = 9;

/** Long enough for every start, retry, reload and stop that can be under way. */
const restMs = 120_000;

const lines = fc
  .record({
    reload_strategy: fc.constantFrom('rolling', 'rolling', 'rolling', 'hup', 'restart'),
    reload_order: fc.constantFrom('start_first', 'start_first', 'stop_first'),
    reload_overlap: fc.constantFrom('0', '0.5'),
    reload_timeout: fc.constantFrom('1', '5'),
    ready_check: fc.constantFrom('auto', 'startsecs', 'log:^ready'),
    update_strategy: fc.constantFrom('restart', 'reload'),
    socket: fc.constantFrom('', 'tcp://127.0.0.1:8000', 'unix:///run/web.sock'),
    numprocs: fc.constantFrom('1', '1', '3'),
    startsecs: fc.constantFrom('0', '1', '2'),
    startretries: fc.constantFrom('0', '2'),
    stopwaitsecs: fc.constantFrom('1', '3'),
    autorestart: fc.constantFrom('true', 'false', 'unexpected'),
  })
  .map((options) =>
    Object.entries({ process_name: '%(process_num)d', ...options })
      .flatMap(([key, value]) => (value === '' ? [] : [`${key}=${value}`]))
      .join('\n'),
  );

/** How the children turn out, one after the other and again from the beginning. */
const children = fc.array(
  fc.record({
    obeysTerm: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    listens: fc.boolean(),
    readyMs: fc.constantFrom(0, 300, 20_000),
    diesMs: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(3000) }),
  }),
  { minLength: 1, maxLength: 8 },
);
type ChildKind = (typeof children extends fc.Arbitrary<infer T> ? T : never)[number];

const deeds = [
  'reload',
  'reload',
  'reload',
  'kill',
  'kill',
  'stop',
  'start',
  'update',
  'remove',
  'no spawn',
  'shutdown',
];
const history = fc.array(fc.record({ deed: fc.constantFrom(...deeds), pick: fc.nat(9), ms: fc.nat(1500) }), {
  minLength: 3,
  maxLength: 12,
});

class Story {
  readonly daemon: FakeDaemon;
  readonly #lines: string;
  #updates = 0;
  #over = false;
  #leaves = false;

  constructor(lines: string, kinds: readonly ChildKind[]) {
    this.#lines = lines;
    this.daemon = new FakeDaemon(program('web', lines));
    let born = 0;
    this.daemon.os.onSpawn = (child) => this.#live(child, kinds[born++ % kinds.length]);
  }

  #live(child: FakeProcess, kind: ChildKind | undefined): void {
    const { os } = this.daemon;
    child.obeys(KILL);
    if (kind === undefined || this.#over || kind.obeysTerm) child.obeys(TERM, 0);
    child.listening = kind?.listens === true ? [{ kind: 'tcp', host: '127.0.0.1', port: 9000 }] : [];
    os.clock.after(this.#over ? 0 : (kind?.readyMs ?? 0), () => {
      if (child.life !== 'running') return;
      child.serves = true;
      child.write(1, 'ready\n');
    });
    const dies = kind?.diesMs ?? null;
    if (dies !== null && !this.#over) os.clock.after(dies, () => this.#kill(child));
  }

  #kill(child: FakeProcess): void {
    if (child.life === 'running' && !this.#over) {
      this.daemon.os.exit(child.pid, { kind: 'signal', signal: KILL, coreDumped: false });
    }
  }

  #names(): string[] {
    return this.daemon.supervisor.groups().flatMap(({ processes }) => processes.map(({ name }) => `web:${name}`));
  }

  shutDown(): void {
    this.#leaves = true;
    this.daemon.supervisor.shutdown();
  }

  /** While it shuts down clients are refused, before they come here. */
  act(deed: string, pick: number): void {
    const { daemon } = this;
    if (this.#leaves && deed !== 'kill') return;
    const names = this.#names();
    const name = names[pick % Math.max(1, names.length)];
    const { living } = daemon.os;
    const victim = living[pick % Math.max(1, living.length)];
    if (deed === 'reload' && names.length > 0) daemon.begunReload(...(pick < 5 && name !== undefined ? [name] : names));
    if (deed === 'kill' && victim !== undefined) this.#kill(victim);
    if (deed === 'stop' && name !== undefined) void daemon.stop(name);
    if (deed === 'start' && name !== undefined) void daemon.start(name);
    if (deed === 'update') void this.#update(program('web', `${this.#lines}\nenvironment=X="${++this.#updates}"`));
    if (deed === 'remove') void this.#update('');
    if (deed === 'no spawn') daemon.os.failNext('spawn', 'EAGAIN', 'fork');
    if (deed === 'shutdown' && pick === 0) this.shutDown();
  }

  /** As hupctl does it: one step after the other, whatever others do meanwhile. */
  async #update(text: string): Promise<void> {
    const { daemon } = this;
    daemon.text = text;
    const read = daemon.supervisor.reread();
    if (!read.ok || this.#leaves) return;
    const { added, changed, removed } = read.diff;
    for (const group of [...removed, ...changed]) {
      await Promise.all(this.#names().map((name) => daemon.stop(name)));
      if (!this.#leaves) daemon.supervisor.removeGroup(group);
    }
    for (const group of [...changed, ...added]) if (!this.#leaves) await daemon.supervisor.addGroup(group);
  }

  /** From here on the world is kind: who is told to go goes, and nobody dies. */
  async calm(): Promise<void> {
    this.#over = true;
    this.daemon.os.forgetFaults();
    for (const child of this.daemon.os.living) child.obeys(TERM, 0);
    await this.daemon.elapse(restMs);
  }

  /** What is shown of all processes, which may have been made earlier, is what is shown of each. */
  assertSeen(): void {
    const { supervisor } = this.daemon;
    for (const { processes } of supervisor.groups())
      for (const seen of processes) assert.deepEqual(seen, supervisor.process(seen.group, seen.name));
  }

  assertAtRest(): void {
    const { supervisor, os } = this.daemon;
    const views = supervisor.groups().flatMap(({ processes }) => processes);
    for (const { name, state } of views) {
      assert.ok(['RUNNING', 'STOPPED', 'EXITED', 'FATAL'].includes(state), `${name} is ${state}`);
    }
    const shown = views.flatMap(({ pid }) => (pid === 0 ? [] : [pid]));
    assert.deepEqual(
      os.living.map(({ pid }) => pid).sort(),
      shown.sort(),
      'one generation of each that runs, and no other',
    );
    const reloading = views.filter(({ reloadId }) => reloadId !== null).map(({ name }) => name);
    assert.deepEqual(reloading, [], 'every reload has ended');
  }
}

test('in the end the old version serves, or the new one, or it is down; and after a shutdown nothing is left', async () => {
  const run = fc.asyncProperty(lines, children, history, async (lines, children, deeds) => {
    const story = new Story(lines, children);
    await story.daemon.up();
    for (const { deed, pick, ms } of deeds) {
      story.assertSeen();
      story.act(deed, pick);
      story.assertSeen();
      await story.daemon.elapse(ms);
    }
    await story.calm();
    story.assertSeen();
    story.assertAtRest();
    const { supervisor, os } = story.daemon;
    story.shutDown();
    await story.daemon.elapse(restMs);
    assert.equal(await Promise.race([supervisor.ended, Promise.resolve('not yet')]), 'shutdown');
    assert.deepEqual([os.living, os.leaks()], [[], []]);
  });
  await fc.assert(run, { seed: 4711, numRuns: Number(process.env.HUPD_HISTORIES ?? 1000), includeErrorInReport: true });
});
