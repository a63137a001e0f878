/**
 * A daemon that lives for years holds no more than one that lives for a day: objects are counted after so many rounds of everything, and after as
 * many again. What is kept on purpose (a hundred reloads, a hundred entries of history for each process) is full by then.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import v8 from 'node:v8';
import { FakeDaemon, program } from '../support/fake-daemon.ts';
import { FakeOs } from '../support/fake-os.ts';
import { KeptState } from '../support/kept-state.ts';

const configuration = [
  program('web', 'socket=tcp://127.0.0.1:8000\nreload_strategy=rolling\nready_check=log:ready\nreload_overlap=0'),
  program('job', 'reload_strategy=hup\nreload_timeout=5'),
  program('crash', 'startsecs=0'),
  '[eventlistener:ear]\ncommand=/bin/sh\nevents=PROCESS_STATE,REMOTE_COMMUNICATION\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n',
].join('\n');

/** Of any kind, once garbage is collected. Less than one for every second round is node's own business. */
function objects(): number {
  return v8.queryObjects(Object, { format: 'count' });
}

class Rounds {
  readonly #os = new FakeOs();
  #daemon = this.#begin();

  /** A crash, two reloads, a stop and a start, a group that goes and comes, events that are answered, clients that wait for what does not come. */
  async round(): Promise<void> {
    const daemon = this.#daemon;
    const { supervisor } = daemon;
    void supervisor.changed(supervisor.changes(0).version, 5_000);
    for (const name of ['web', 'job']) {
      const begun = daemon.begunReload(name);
      assert.ok(begun.ok, name);
      void supervisor.reloadChanged(begun.id, 1000, 20_000);
    }
    this.#os.exit(daemon.view('crash').pid, 3);
    supervisor.remoteCommEvent('soak', 'x'.repeat(1000));
    await this.#settled();
    await daemon.stop('job', false);
    await this.#settled();
    assert.ok(supervisor.removeGroup('job').ok);
    void supervisor.addGroup('job');
    await this.#settled();
    for (const name of ['web', 'job', 'crash', 'ear']) assert.equal(daemon.state(name), 'RUNNING', name);
    assert.equal(supervisor.reloadHistory('web', 'web').at(-1)?.outcome?.ok, true);
    this.#forget();
  }

  /** Another life on the same machine, as after a restart. */
  async live(): Promise<void> {
    this.#daemon.supervisor.shutdown();
    await this.#settled();
    await this.#daemon.supervisor.ended;
    assert.deepEqual(this.#os.leaks(), []);
    this.#daemon = this.#begin();
    await this.#settled();
    this.#forget();
  }

  #begin(): FakeDaemon {
    const daemon = new FakeDaemon(configuration, { os: this.#os, file: new KeptState() });
    this.#os.onSpawn = (child) => {
      child.obeys([15, 9]);
      child.write(1, child.env('SUPERVISOR_PROCESS_NAME') === 'ear' ? 'READY\n' : 'ready\n');
    };
    return daemon.begin();
  }

  /** Long enough for everything that is under way; the listener takes what it is sent. */
  async #settled(): Promise<void> {
    await this.#daemon.elapse(20_000);
    const ear = this.#os.living.find((child) => child.env('SUPERVISOR_PROCESS_NAME') === 'ear');
    while (ear !== undefined && ear.stdin.take() !== '') {
      ear.write(1, 'RESULT 2\nOKREADY\n');
      await this.#daemon.elapse(0);
    }
  }

  #forget(): void {
    this.#daemon.lines.length = 0;
    this.#os.forgetWhatIsOver();
  }
}

describe('a daemon that has lived long', () => {
  it('holds as many objects after a hundred more rounds of crashes, reloads and events as before them', async () => {
    const rounds = new Rounds();
    for (let i = 0; i < 60; i++) await rounds.round();
    const before = objects();
    for (let i = 0; i < 100; i++) await rounds.round();
    const grown = objects() - before;
    assert.ok(grown < 50, `${grown} more than ${before}`);
  });

  it('holds nothing of its lives before the last restart', async () => {
    const rounds = new Rounds();
    for (let i = 0; i < 3; i++) await rounds.live();
    const before = objects();
    for (let i = 0; i < 50; i++) await rounds.live();
    const grown = objects() - before;
    assert.ok(grown < 25, `${grown} more than ${before}`);
  });
});
