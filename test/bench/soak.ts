/**
 * A day in miniature: programs that crash, logs that rotate, reloads, 50 event listeners that hear of it all, clients that come and go,
 * restarts of the whole daemon, and daemons that are killed and followed by another, while its descriptors and its memory are looked at.
 * `npm run bench soak [minutes]`: 3 when none are given.
 *
 * Every round does all of it once, then waits until every program runs again, so that the samples compare like with like. Daemons are killed in
 * the midst of crashes and reloads, in the first fifth of the time; the caches of the last one fill until a third of it is over, it is looked at
 * for the rest, and killed in its turn. A straight line is laid through the samples; it has to be flat: what it rises by in the whole run is less
 * than the scatter of the samples, or than a bound that a day could not exceed. What one daemon leaves to the next has to be flat as well, and a
 * program that numbers its lines must find all of them in its log, once each. Exit status 1 when it is not so.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RpcClient } from '../../src/ctl/rpc-client.ts';
import type { RpcValue } from '../../src/rpc/codec.ts';
import { held, settles } from '../support/held.ts';
import { get, RawClient } from '../support/raw-http.ts';
import { childrenOf, endRig, openFds, type Rig, startRig, zombiesOf } from '../support/rig.ts';

const minutes = Number(process.argv[2] ?? 3);
const listeners = 50;
/** Rounds between two restarts of the daemon, and between two collections of garbage. */
const restartEvery = 12;
const settleEvery = 4;
/** Rounds between two kills of the daemon, in the first fifth of the time, and how often it is killed at the end. */
const killEvery = 3;
const lastKills = 3;

/** Says what it has heard only to itself. */
const ear = `import sys
hears, says = sys.stdin.buffer, sys.stdout.buffer
while True:
    says.write(b'READY\\n')
    says.flush()
    line = hears.readline()
    if not line:
        break
    tokens = dict(token.split(b':', 1) for token in line.split())
    hears.read(int(tokens[b'len']))
    says.write(b'RESULT 2\\nOK')
    says.flush()
`;

/** What V8 compiles grows for long, with the number of functions that have proved to run often: without it what is left is what is held. */
const interpreted = ['--no-opt', '--no-maglev', '--no-sparkplug'];

/** Numbers its lines, and says which was the last. */
const lines = `import os, signal, time
over = []
signal.signal(signal.SIGTERM, lambda *_: over.append(1))
number = 0
while not over:
    number += 1
    os.write(1, b'line %d\\n' % number)
    time.sleep(0.01)
os.write(1, b'end %d\\n' % number)
`;

const ears = Array.from(
  { length: listeners },
  (_, i) => `
[eventlistener:ear${i}]
command=/usr/bin/python3 -S -E DIR/ear.py
events=PROCESS_STATE,PROCESS_LOG,REMOTE_COMMUNICATION,TICK_5
buffer_size=100
startsecs=0
stderr_logfile=NONE`,
);

const programs = `
[program:crash]
command=/bin/sh -c 'echo begin; echo end >&2; exec sleep 3'
process_name=%(program_name)s_%(process_num)d
numprocs=4
startsecs=0
autorestart=true
stdout_logfile=DIR/crash_%(process_num)d.log
stderr_logfile=DIR/crash_%(process_num)d.err

[program:chatter]
command=/bin/sh -c 'while :; do head -c 30000 /dev/zero | tr "\\0" x; echo; sleep 0.5; done'
startsecs=0
stopasgroup=true
stdout_logfile=DIR/chatter.log
stdout_logfile_maxbytes=50KB
stdout_logfile_backups=3

[program:events]
command=/bin/sh -c 'while :; do echo an event; sleep 0.7; done'
startsecs=0
stopasgroup=true
stdout_events_enabled=true
stdout_logfile=NONE

[program:lines]
command=/usr/bin/python3 -S -E DIR/lines.py
startsecs=0
stdout_logfile=DIR/lines.log
stdout_logfile_maxbytes=0

[program:web]
command=/bin/sh -c 'echo ready; exec sleep 100000'
startsecs=0
socket=unix://DIR/web.sock
reload_strategy=rolling
ready_check=log:ready
reload_overlap=0.1
stdout_logfile=DIR/web.log

[program:job]
command=/bin/sleep 100000
startsecs=0
reload_strategy=hup
${ears.join('')}
`;

interface Sample {
  readonly minute: number;
  /** MiB: of the process alone. */
  readonly privateMemory: number;
  readonly descriptors: number;
  /** MiB on the heap and outside it once the garbage is collected; null: not asked for this time. */
  readonly used: number | null;
}

/** What a daemon has left to the next one, when everything runs. The state file has the last hundred reloads, and is begun anew when it is twice as long. */
interface Left {
  readonly descriptors: number;
  /** In the runtime directory. */
  readonly files: number;
  readonly stateKiB: number;
}

class Soak {
  readonly #rig: Rig;
  readonly #rpc: RpcClient;
  readonly counts = { rounds: 0, reloads: 0, restarts: 0, kills: 0, requests: 0 };
  /** After each kill. */
  readonly left: Left[] = [];

  constructor(rig: Rig) {
    this.#rig = rig;
    this.#rpc = new RpcClient({ serverUrl: `unix://${rig.socket}`, username: null, password: null });
  }

  async round(mayKill: boolean): Promise<void> {
    const number = ++this.counts.rounds;
    if (number % restartEvery === 0) await this.#restart();
    if (mayKill && number % killEvery === 0) await this.kill();
    await Promise.all([this.#reload('web'), this.#reload('job'), this.#looking(), this.#crashing()]);
    await this.#call('supervisor.sendRemoteCommEvent', 'soak', 'x'.repeat(1000));
    await this.#call('supervisor.clearProcessLogs', 'crash:crash_0');
    process.kill(this.#rig.pid, 'SIGUSR2');
    await this.#call('supervisor.reloadConfig');
    await this.#call('supervisor.stopProcessGroup', 'job');
    await this.#call('supervisor.removeProcessGroup', 'job');
    await this.#call('supervisor.addProcessGroup', 'job');
    await this.#settled();
  }

  /** In the midst of crashes and reloads; the next one goes on with them. */
  async kill(): Promise<void> {
    const reloads = await Promise.all(['web', 'job'].map((name) => this.#call('hupd.reloadProcess', name)));
    for (let i = 0; i < 4; i++) await this.#call('supervisor.signalProcess', `crash:crash_${i}`, 'KILL');
    await this.#rig.killAndStart();
    this.counts.kills++;
    await Promise.all(reloads.map((id) => this.#follow(id)));
    await this.#settled();
    this.left.push(leftBy(this.#rig));
  }

  /** A reload from its call to its end, followed as `hupctl reload` follows it. */
  async #reload(name: string): Promise<void> {
    await this.#follow(await this.#call('hupd.reloadProcess', name));
  }

  async #follow(id: RpcValue): Promise<void> {
    for (let facts = 0; ; ) {
      const view = (await this.#call('hupd.waitReload', id, facts, 20)) as Record<string, RpcValue>;
      if (view.done === true) break;
      facts = (view.facts as readonly RpcValue[]).length;
    }
    this.counts.reloads++;
  }

  /** Pages, the metrics, a log that is followed for a moment, a dashboard that is open for a moment. */
  async #looking(): Promise<void> {
    for (const path of ['/', '/metrics', '/logtail/chatter', '/events', '/tail.html?processname=chatter']) {
      const client = new RawClient(this.#rig.socket).send(get(path));
      await client.until((bytes) => bytes.length > 500);
      client.close();
      this.counts.requests++;
    }
    for (let i = 0; i < 10; i++) await this.#call('supervisor.getAllProcessInfo');
  }

  async #crashing(): Promise<void> {
    for (let i = 0; i < 4; i++) await this.#call('supervisor.signalProcess', `crash:crash_${i}`, 'KILL');
    await sleep(1000); // the time in which programs crash, talk and rotate by themselves
  }

  async #restart(): Promise<void> {
    const from = this.#rig.log.length;
    await this.#call('supervisor.restart');
    await this.#rig.logged(/supervisord started with pid/, from);
    await this.#settled();
    this.counts.restarts++;
  }

  /** Every program runs, and nothing is left of what does not. Those that a killed daemon had started are nobody's children here. */
  async #settled(): Promise<void> {
    await this.#rig.until(async () => {
      const rows = (await this.#call('supervisor.getAllProcessInfo')) as ReadonlyArray<Record<string, RpcValue>>;
      const pids = new Set(rows.map(({ pid }) => pid as number));
      const isUp = rows.every(({ statename }) => statename === 'RUNNING');
      const { pid } = this.#rig;
      return isUp && childrenOf(pid).every((child) => pids.has(child)) && zombiesOf(pid).length === 0;
    }, 'every program runs');
  }

  async #call(method: string, ...params: readonly RpcValue[]): Promise<RpcValue> {
    const reply = await this.#rpc.call(method, params);
    this.counts.requests++;
    // What a crash has just overtaken is not running, or is already.
    if (reply.ok) return reply.value;
    if (reply.failure.kind === 'fault' && [60, 70].includes(reply.failure.code)) return null as never;
    throw new Error(`${method}: ${JSON.stringify(reply.failure)}\n${this.#rig.log.slice(-3000)}`);
  }
}

async function look(rig: Rig, minute: number, withHeap: boolean): Promise<Sample> {
  const rollup = readFileSync(`/proc/${rig.pid}/smaps_rollup`, 'utf8');
  const kib = [...rollup.matchAll(/^Private_\w+: +(\d+) kB/gm)].reduce((sum, [, size]) => sum + Number(size), 0);
  const descriptors = openFds(rig.pid);
  return { minute, privateMemory: kib / 1024, descriptors, used: withHeap ? (await held(rig)).used : null };
}

function leftBy(rig: Rig): Left {
  const state = readdirSync(`/proc/${rig.pid}/fd`)
    .map((fd) => linkOf(`/proc/${rig.pid}/fd/${fd}`))
    .find((path) => path.endsWith('/state'));
  if (state === undefined) throw new Error('the daemon keeps no state');
  const stateKiB = statSync(state).size / 1024;
  return { descriptors: openFds(rig.pid), files: readdirSync(dirname(state)).length, stateKiB };
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

/** Of the program that numbers its lines: every run begins with 1, ends with what it says that it has written, and has all in between once. */
function numbered(text: string): { readonly lines: number; readonly runs: number; readonly wrong: string | null } {
  let [last, runs] = [0, 0];
  const all = text.split('\n').slice(0, -1);
  const wrong = all.find((line) => {
    const [word, number] = line.split(' ');
    if (word === 'line') return Number(number) !== ++last;
    const isEnd = word === 'end' && Number(number) === last;
    [last, runs] = [0, runs + 1];
    return !isEnd;
  });
  return {
    lines: all.length,
    runs,
    wrong: wrong === undefined ? null : `after line ${last - 1} of run ${runs + 1}: ${wrong}`,
  };
}

/** The line through the points: what it rises by from the first to the last, and how far the points are off it. */
function fit(points: ReadonlyArray<readonly [x: number, y: number]>) {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mx = mean(points.map(([x]) => x));
  const my = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / (spread || 1);
  const scatter = Math.sqrt(mean(points.map(([x, y]) => (y - my - slope * (x - mx)) ** 2)));
  const span = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0);
  return { rise: slope * span, perHour: slope * 60, scatter, mean: my };
}

/** Prints the figures; whether all are flat. */
function told(rig: Rig, soak: Soak, samples: readonly Sample[]): boolean {
  const crashes = [...rig.log.matchAll(/exited: crash_|terminated by SIGKILL/g)].length;
  const { rounds, reloads, restarts, kills, requests } = soak.counts;
  console.log(
    `\n${minutes} min, ${listeners} listeners: ${rounds} rounds, ${crashes} crashes, ${reloads} reloads, ${restarts} restarts, ${kills} kills, ${requests} requests`,
  );
  const rows = [
    { name: 'private memory, MiB', bound: 4, of: ({ privateMemory }: Sample) => privateMemory },
    { name: 'in use after collection, MiB', bound: 0.25, of: ({ used }: Sample) => used },
    { name: 'descriptors', bound: 1, of: ({ descriptors }: Sample) => descriptors },
  ];
  console.log('| figure | mean | rise in the run | per hour | scatter | flat |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  const flat = rows.map(({ name, bound, of }) => {
    const points = samples.flatMap((sample) => {
      const value = of(sample);
      return value === null ? [] : [[sample.minute, value] as const];
    });
    const { rise, perHour, scatter, mean } = fit(points);
    const isFlat = rise <= Math.max(bound, scatter);
    const figures = [mean, rise, perHour, scatter].map((value) => value.toFixed(2));
    console.log(`| ${name} | ${figures.join(' | ')} | ${isFlat ? 'yes' : 'NO'} |`);
    return isFlat;
  });
  return flat.every((each) => each);
}

/** Prints what daemons have left to those after them; whether it grew with their number, and no line was lost or doubled. */
function toldOfKills(rig: Rig, { left }: Soak): boolean {
  const rows = [
    { name: 'descriptors', bound: 8, of: ({ descriptors }: Left) => descriptors },
    { name: 'files in the runtime directory', bound: 1, of: ({ files }: Left) => files },
    { name: 'state file, KiB', bound: 300, of: ({ stateKiB }: Left) => stateKiB },
  ];
  console.log('| after each kill | first | last | rise | flat |');
  console.log('| --- | --- | --- | --- | --- |');
  const flat = rows.map(({ name, bound, of }) => {
    const values = left.map(of);
    const { rise, scatter } = fit(values.map((value, index) => [index, value] as const));
    const isFlat = rise <= Math.max(bound, scatter);
    const figures = [values[0] ?? 0, values.at(-1) ?? 0, rise].map((value) => value.toFixed(1));
    console.log(`| ${name} | ${figures.join(' | ')} | ${isFlat ? 'yes' : 'NO'} |`);
    return isFlat;
  });
  const { lines, runs, wrong } = numbered(rig.read('lines.log'));
  console.log(`numbered lines: ${lines} in ${runs + 1} runs, ${wrong ?? 'none lost, none doubled'}`);
  return wrong === null && flat.every((each) => each);
}

async function main(): Promise<boolean> {
  const rig = await startRig({
    programs,
    daemon: 'logfile_maxbytes=200KB\nminfds=1024',
    nodeFlags: [...interpreted, ...settles.nodeFlags],
    files: { ...settles.files, 'ear.py': ear, 'lines.py': lines },
  });
  const samples: Sample[] = [];
  const soak = new Soak(rig);
  try {
    const begun = performance.now();
    const minute = () => (performance.now() - begun) / 60_000;
    let interrupted = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        interrupted = true;
      });
    while (minute() < minutes && !interrupted) {
      const isFilling = minute() < minutes / 3;
      await soak.round(isFilling && minute() < minutes / 5);
      if (!isFilling) samples.push(await look(rig, minute(), soak.counts.rounds % settleEvery === 0));
      if (process.stdout.isTTY) process.stdout.write(`\r${minute().toFixed(1)} min, ${soak.counts.rounds} rounds `);
    }
    const isFlat = told(rig, soak, samples);
    for (let i = 0; i < lastKills; i++) await soak.kill();
    return toldOfKills(rig, soak) && isFlat;
  } finally {
    await endRig(rig);
  }
}

process.exitCode = (await main()) ? 0 : 1;
