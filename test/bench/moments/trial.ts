/**
 * One reload of a quick server, and something that comes in between: a stop, a shutdown, an update, a second reload, a `kill -9` of either
 * generation. Afterwards the old version serves, or the new one, or nothing because that was asked for; nothing else is left, and whoever
 * connects is heard.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReloadFact } from '../../../src/core/reload/facts.ts';
import { Client, type WatchedProcess } from '../../../src/ctl/client.ts';
import { freePort } from '../../support/gunicorn.ts';
import { type Answer, ask, type Load, startLoad, type Target } from '../../support/load.ts';
import { childrenOf, configText, endRig, killIfThere, type Rig, startRig } from '../../support/rig.ts';
import type { Plan } from './plan.ts';

export type EndState = 'old serves' | 'new serves' | 'stopped as asked';

interface Serving {
  readonly version: string;
  readonly pid: number;
}

export interface TrialResult {
  readonly end: EndState;
  /** Told when it happened: the last fact of the reload. */
  readonly moment: string;
}

const perSecond = 50;

/** Rejects with what is wrong; the plan is in the message. */
export async function runTrial(plan: Plan): Promise<TrialResult> {
  const port = plan.socket.endsWith('tcp') ? await freePort() : 0;
  const rig = await startRig({
    programs: section(plan, port, ''),
    files: { 'puppet.py': puppet, version: 'v1', boot: '0', leave: `${plan.leaveMs}` },
  });
  const { dir } = rig;
  const target: Target = port === 0 ? { socketPath: join(dir, 'web.sock') } : { host: '127.0.0.1', port };
  let result: TrialResult;
  try {
    result = await new Trial(plan, rig, port, target).run();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${plan.seed}: ${text}\n${JSON.stringify(plan)}\n--- the daemon's log:\n${rig.log}`);
  } finally {
    await endRig(rig);
  }
  const left = processesNaming(dir);
  for (const pid of left) killIfThere(pid);
  assert.deepEqual(left, [], `seed ${plan.seed}: processes are left over; ${JSON.stringify(plan)}\n${rig.log}`);
  if (port !== 0) await assert.doesNotReject(canBind(port), `seed ${plan.seed}: the address is free again`);
  return result;
}

const puppet = readFileSync('test/bench/moments/puppet.py', 'utf8');

function section({ strategy, socket, readyCheck }: Plan, port: number, more: string): string {
  const place = port === 0 ? 'DIR/web.sock' : `${port}`;
  const held = port === 0 ? 'unix://DIR/web.sock' : `tcp://127.0.0.1:${port}`;
  return `[program:web]
command=/usr/bin/python3 -S -E DIR/puppet.py ${place}
directory=DIR
startsecs=0
stopwaitsecs=10
autorestart=true
redirect_stderr=true
stdout_logfile=DIR/web.out
reload_strategy=${strategy}
reload_overlap=0.05
reload_timeout=10
${strategy === 'rolling' ? `ready_check=${readyCheck}` : ''}
${socket.startsWith('held') ? `socket=${held}` : ''}
${more}`;
}

class Trial {
  readonly #plan: Plan;
  readonly #rig: Rig;
  readonly #port: number;
  readonly #target: Target;
  readonly #client: Client;

  constructor(plan: Plan, rig: Rig, port: number, target: Target) {
    this.#plan = plan;
    this.#rig = rig;
    this.#port = port;
    this.#target = target;
    this.#client = new Client({ serverUrl: `unix://${rig.socket}`, username: null, password: null });
  }

  async run(): Promise<TrialResult> {
    const rig = this.#rig;
    await rig.until(async () => (await this.#serving())?.version === 'v1', 'version 1 answers');
    const [old = 0] = childrenOf(rig.pid);
    writeFileSync(join(rig.dir, 'boot'), `${this.#plan.bootMs}`);
    this.#ship(this.#plan.broken ? 'broken' : 'v2');
    const load = startLoad({ target: this.#target, perSecond, timeoutMs: 20_000 });
    try {
      return await this.#reloadAnd(old, load);
    } finally {
      void load.stop(); // its last requests end with the daemon at the latest
    }
  }

  /** A generation that starts just now reads the one or the other. */
  #ship(version: string): void {
    const { dir } = this.#rig;
    writeFileSync(join(dir, 'next'), version);
    renameSync(join(dir, 'next'), join(dir, 'version'));
  }

  async #reloadAnd(old: number, load: Load): Promise<TrialResult> {
    const begun = await this.#client.reloadProcess('web');
    assert.ok(begun.ok, 'the reload begins');
    const { afterFacts, offsetMs, deed } = this.#plan;
    const facts = afterFacts === 0 ? [] : await this.#facts(begun.value, ({ length }) => length >= afterFacts);
    await sleep(offsetMs);
    await this.#deed(begun.value, old);
    if (deed !== 'shutdown') await this.#facts(begun.value, () => false);
    const end = await this.#end(old);
    this.#nobodyRefused(load.answers);
    return { end, moment: facts.at(-1)?.fact ?? 'asked' };
  }

  /** What the reload has told by the time that these facts are there, or that it has ended. */
  async #facts(id: number, areThere: (facts: readonly ReloadFact[]) => boolean): Promise<readonly ReloadFact[]> {
    for (let seen = 0; ; ) {
      const reply = await this.#client.waitReload(id, seen, 20);
      assert.ok(reply.ok, 'the reload can be followed');
      const { facts, done } = reply.value;
      if (done || areThere(facts)) return facts;
      seen = facts.length;
    }
  }

  async #deed(id: number, old: number): Promise<void> {
    const { deed } = this.#plan;
    switch (deed) {
      case 'stop':
        await this.#client.stopProcess('web');
        return;
      case 'shutdown':
        assert.equal(await this.#rig.stop(), 0);
        return;
      case 'update':
        this.#configure(section(this.#plan, this.#port, 'environment=CHANGED="1"'));
        return this.#update();
      case 'remove':
        this.#configure('');
        return this.#update();
      case 'reload':
        await this.#client.reloadProcess('web'); // refused or not, as it comes
        return;
      case 'kill old':
        return this.#kill(old);
      case 'kill new': {
        const successor = await this.#successor(id);
        if (successor !== null) await this.#kill(successor);
      }
    }
  }

  #configure(programs: string): void {
    writeFileSync(this.#rig.configFile, configText(this.#rig.dir, { programs }));
  }

  async #update(): Promise<void> {
    const { status, stdout } = await this.#rig.ctl('update');
    assert.equal(status, 0, stdout);
  }

  /** null: the reload ended without one. */
  async #successor(id: number): Promise<number | null> {
    const facts = await this.#facts(id, (facts) => facts.some(({ fact }) => fact === 'spawned'));
    return facts.find((fact) => fact.fact === 'spawned')?.pid ?? null;
  }

  /** Resolves when hupd has heard of its end. One that has gone already is left alone: its pid may be somebody else's by now. */
  async #kill(pid: number): Promise<void> {
    if (!childrenOf(this.#rig.pid).includes(pid)) return;
    killIfThere(pid);
    await this.#rig.until(() => !childrenOf(this.#rig.pid).includes(pid), 'it is reaped');
  }

  async #end(old: number): Promise<EndState> {
    const { deed } = this.#plan;
    if (deed === 'shutdown') return 'stopped as asked';
    // A version that can not start and has nothing to go back to is repaired, so that there is an end to look at.
    this.#ship('v2');
    const settled = await this.#rig.until(() => this.#settled(), 'it has settled');
    const children = childrenOf(this.#rig.pid);
    if (settled.pid === 0) {
      assert.ok(deed === 'stop' || deed === 'remove', 'nobody asked for a stop');
      assert.deepEqual(children, []);
      if (deed === 'stop') await this.#startsAgain();
      return 'stopped as asked';
    }
    assert.deepEqual(children, [settled.pid], 'one generation is left');
    assert.ok(deed !== 'stop' && deed !== 'remove', 'what was to stop has stopped');
    if (deed === 'update') assert.notEqual(settled.pid, old, 'the changed program was started anew');
    const isOld = settled.pid === old && settled.version === 'v1';
    assert.ok(isOld || settled.version === 'v2', `${settled.version} serves`);
    return isOld ? 'old serves' : 'new serves';
  }

  /** No reload is under way, nothing is on its way up or down, and who is shown as running is who answers. pid 0: it is down. */
  async #settled(): Promise<Serving | null> {
    const reply = await this.#client.waitChange(0, 0);
    if (!reply.ok) return null;
    const web: WatchedProcess | undefined = reply.value.processes.find(({ name }) => name === 'web');
    if (web === undefined) return childrenOf(this.#rig.pid).length === 0 ? { version: '', pid: 0 } : null;
    if (web.reloadId !== 0 || web.generations.length > 1) return null;
    switch (web.statename) {
      case 'RUNNING': {
        const serving = await this.#serving();
        return serving?.pid === web.pid ? serving : null;
      }
      case 'STOPPED':
        return { version: '', pid: 0 };
      case 'EXITED':
      case 'FATAL': // the broken version had nobody to go back to, and was given up: as after any failed start, it is started by hand
        assert.ok(this.#plan.broken, `${web.statename} though its version is good`);
        await this.#client.startProcess('web');
        return null;
      default:
        return null;
    }
  }

  async #startsAgain(): Promise<void> {
    const { socket } = this.#plan;
    if (socket.startsWith('held')) {
      const waiting = ask(this.#target, '/', 20_000);
      await this.#client.startProcess('web');
      const { error, body } = await waiting;
      assert.deepEqual([error, body.split(' ')[0]], [null, 'v2'], 'who came while it was down has waited');
    } else {
      await this.#client.startProcess('web');
    }
    const serving = await this.#rig.until(() => this.#serving(), 'it serves again');
    assert.equal(serving.version, 'v2');
  }

  /** A socket of hupd's is never closed, and where nobody is to go nothing fails at all. */
  #nobodyRefused(answers: readonly Answer[]): void {
    const { deed, socket, broken, strategy } = this.#plan;
    const errors = answers.flatMap(({ error }) => error ?? []);
    const isKept = socket.startsWith('held') && !['shutdown', 'remove', 'update'].includes(deed);
    if (isKept) assert.deepEqual(errors.filter(isRefusal), [], 'nobody is refused at a socket of hupd');
    if (deed === 'reload' && strategy === 'rolling' && !broken) assert.deepEqual(errors, [], 'no request fails');
  }

  async #serving(): Promise<Serving | null> {
    const { error, body } = await ask(this.#target, '/', 20_000);
    if (error !== null) return null;
    const [version = '', pid = ''] = body.split(' ');
    return { version, pid: Number(pid) };
  }
}

function isRefusal(error: string): boolean {
  return ['ECONNREFUSED', 'ENOENT'].includes(error);
}

function processesNaming(dir: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(`${dir}/`))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it has gone meanwhile
  }
}

function canBind(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .on('error', reject)
      .listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
