/**
 * A whole `Supervisor` on a FakeOs: a configuration as text, processes that are rows, a virtual clock, and the log in memory.
 *
 *     const daemon = new FakeDaemon('[program:web]\ncommand=/bin/sh');
 *     daemon.begin();
 *     await daemon.elapse(1000);
 *     assert.equal(daemon.state('web'), 'RUNNING');
 *
 * Programs must name a file that exists (the look for it is real); nothing is ever started. They end on TERM at once unless `onSpawn` says otherwise.
 */
import { readConfiguration } from '../../src/config/configuration.ts';
import { noFlags } from '../../src/config/daemon-flags.ts';
import { noMachine } from '../../src/config/datatype.ts';
import type { Carried } from '../../src/core/carried.ts';
import type { ReloadOutcome } from '../../src/core/reload/facts.ts';
import type { StateName } from '../../src/core/states.ts';
import { DaemonLog } from '../../src/log/daemon-log.ts';
import { Syslog } from '../../src/log/syslog.ts';
import { Carry, type CarryFile } from '../../src/runtime/carry.ts';
import type { Outcome } from '../../src/runtime/supervision.ts';
import { Supervisor, type SupervisorOptions } from '../../src/runtime/supervisor.ts';
import { FakeOs } from './fake-os.ts';
import type { FakeProcess } from './fake-process.ts';

const TERM = 15;
const KILL = 9;

export class FakeDaemon {
  readonly os: FakeOs;
  readonly supervisor: Supervisor;
  /** Of the main log: `INFO spawned: 'web' with pid 1000`. */
  readonly lines: string[] = [];
  /** What the file says from now on. */
  text: string;

  constructor(
    text: string,
    {
      os = new FakeOs(),
      mayRestart = () => null,
      file = null,
      left = null,
      stays = false,
      question = null,
    }: FakeDaemonOptions = {},
  ) {
    this.text = text;
    this.os = os;
    os.onSpawn = (child) => child.obeys([TERM, KILL]);
    const first = this.#read();
    if (!first.ok) throw new Error(first.error);
    const sink = { send: (line: Buffer) => this.#note(line.toString()), close: () => {} };
    const syslog = new Syslog(sink, 'fake');
    this.supervisor = new Supervisor({
      os,
      version: '4.2.5',
      config: first.config,
      environment: new Map([['PATH', Buffer.from('/bin:/usr/bin')]]),
      serverUrl: null,
      log: new DaemonLog({
        target: { kind: 'syslog', syslog },
        level: 'INFO',
        copyToStdout: false,
        wallNow: () => os.clock.now().wall,
      }),
      syslog: () => syslog,
      carry: file === null ? null : new Carry({ os, version: '4.2.5', file, trouble: (why) => this.lines.push(why) }),
      legacy: left === null ? null : { carried: left, isSameProcess: stays, exits: [] },
      question,
      upgrades: 0,
      firstEventSerial: 0,
      readConfig: () => this.#read(),
      readProgram: () => ({ ok: false, error: 'there is none to give' }),
      mayRestart,
    });
  }

  begin(): this {
    this.supervisor.addConfiguredGroups();
    this.supervisor.begin();
    return this;
  }

  /** Started, and `ms` later: by default all with startsecs=1 are RUNNING. */
  async up(ms = 1000): Promise<this> {
    this.begin();
    await this.elapse(ms);
    return this;
  }

  elapse(ms: number): Promise<void> {
    return this.os.elapse(ms);
  }

  /** `group:name`, or `name` for both. */
  state(namespec: string): StateName {
    return this.view(namespec).state;
  }

  view(namespec: string): NonNullable<ReturnType<Supervisor['process']>> {
    const found = this.supervisor.process(...split(namespec));
    if (found === null) throw new Error(`no process ${namespec}`);
    return found;
  }

  /** The living process that is `namespec`. */
  child(namespec: string): FakeProcess {
    return this.os.process(this.view(namespec).pid);
  }

  start(namespec: string, wait = true): Promise<Outcome> {
    return this.supervisor.start(...split(namespec), wait);
  }
  stop(namespec: string, wait = true): Promise<Outcome> {
    return this.supervisor.stop(...split(namespec), wait);
  }

  /** Resolves with the outcome; a refusal is thrown. */
  async reload(...namespecs: string[]): Promise<ReloadOutcome> {
    const begun = this.begunReload(...namespecs);
    if (!begun.ok) throw new Error(begun.text);
    for (;;) {
      const view = this.supervisor.reloadView(begun.id);
      if (view === null) throw new Error('the reload is forgotten');
      if (view.outcome !== null) return view.outcome;
      await this.supervisor.reloadChanged(begun.id, view.facts.length, 3_600_000);
    }
  }

  begunReload(...namespecs: string[]): ReturnType<Supervisor['reload']> {
    const processes = namespecs.map((namespec) => {
      const [group, name] = split(namespec);
      return { group, name };
    });
    return this.supervisor.reload(namespecs.join(' '), processes);
  }

  #read(): ReturnType<SupervisorOptions['readConfig']> {
    const bytes = new TextEncoder().encode(`[supervisord]\n${this.text}\n`);
    const machine = {
      ...noMachine,
      read: () => bytes,
      exists: () => true,
      isDirectory: () => true,
      userByName: (name: string) => this.os.userByName(name),
      userById: (uid: number) => this.os.userById(uid),
    };
    return readConfiguration(machine, { file: '/s.conf', shownAs: '/s.conf', flags: noFlags, environment: new Map() });
  }

  #note(datagram: string): void {
    this.lines.push(datagram.replace(/^.*?fake: \S+ \S+ /s, ''));
  }
}

export interface FakeDaemonOptions {
  readonly os?: FakeOs;
  readonly mayRestart?: () => string | null;
  /** Where it keeps its state. */
  readonly file?: CarryFile | null;
  /** What a daemon before it has left. */
  readonly left?: Carried | null;
  /** It is the same process as that one. */
  readonly stays?: boolean;
  /** Whom to ask before an upgrade. */
  readonly question?: SupervisorOptions['question'];
}

/** A program without log files. */
export function program(name: string, more = '', command = '/bin/sh'): string {
  return `[program:${name}]\ncommand=${command}\nstdout_logfile=NONE\nstderr_logfile=NONE\n${more}\n`;
}

function split(namespec: string): [group: string, name: string] {
  const [group = '', name = group] = namespec.split(':');
  return [group, name];
}
