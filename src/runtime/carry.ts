/**
 * Keeps the state file true: whatever a later daemon has to know is written here, one line a change, and now and then the file is begun anew with
 * what the lines amount to. Nothing waits for the disk: it is there to outlive this process, not the machine.
 */
import {
  type Carried,
  type CarriedChild,
  type CarriedHead,
  type CarriedLaunch,
  type CarriedProcess,
  type CarriedRecord,
  carriedFormat,
  type PoolChange,
  type ProcessIdentity,
  processKey,
  type Sending,
} from '../core/carried.ts';
import { lineOf, writeCarried } from '../core/carried-lines.ts';
import type { SavedPools } from '../core/event-pools.ts';
import { mayBeAlive } from '../core/process.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import type { GroupSpec } from '../core/spec.ts';
import type { Fd, Os } from '../os/os.ts';
import type { Member } from './member.ts';
import type { ReloadRecord } from './reloads.ts';

/** Where the lines go: `os/state-file.ts`. */
export interface CarryFile {
  append(text: string): void;
  replace(text: string): void;
  remove(): void;
}

/** Begun anew when it has grown to twice what it began with, and at least to that. */
const leastBytes = 256 * 1024;

export interface CarryOptions {
  readonly os: Os;
  readonly version: string;
  readonly file: CarryFile;
  /** Told once, until it works again. */
  readonly trouble: (why: string) => void;
}

/** What there is to say of the whole, when the file is begun anew. */
export interface Whole {
  groups(): Iterable<GroupSpec>;
  members(): Iterable<Member>;
  reloads(): Iterable<ReloadRecord>;
  pools(): SavedPools;
  /** Of listeners that were sent an event last. */
  sending(): ReadonlyMap<number, Sending>;
  isLeaving(): boolean;
}

export class Carry {
  readonly #options: CarryOptions;
  #whole: Whole | null = null;
  #head: CarriedHead | null = null;
  #bytes = 0;
  #begun = 0;
  #inTrouble = false;

  constructor(options: CarryOptions) {
    this.#options = options;
  }

  /** From here on there is a state to keep. */
  begin(whole: Whole): void {
    this.#whole = whole;
    this.#rewrite();
  }

  group(name: string, spec: GroupSpec | null): void {
    this.#put({ record: 'group', name, spec });
  }

  process(member: Member): void {
    this.#put(this.#processRecord(member, null));
  }

  /** Before the child comes into being. */
  launching(member: Member, launch: CarriedLaunch): void {
    this.#put(this.#processRecord(member, launch));
  }

  reload(record: ReloadRecord): void {
    this.#put({ record: 'reload', reload: carriedReload(record) });
  }

  fact(id: number, fact: ReloadFact): void {
    this.#put({ record: 'fact', id, fact });
  }

  rollout({ id, rollout: { at, failures }, outcome }: ReloadRecord): void {
    this.#put({ record: 'rollout', id, at, failures, outcome });
  }

  /** Before it takes effect. */
  pool(pool: string, change: PoolChange): void {
    this.#put({ record: 'pool', pool, change });
  }

  sending(pid: number, sending: Sending): void {
    this.#put({ record: 'sending', pid, sending });
  }

  leaving(): void {
    this.#put({ record: 'leaving' });
  }

  /** Everything as it is now, and what is handed over; throws where it can not be written. The last thing before an exec. */
  handOver(descriptors: Carried['handed']): void {
    const text = this.#snapshot(descriptors);
    if (this.#head?.startTime === 0) throw new Error(`/proc/${this.#options.os.pid}/stat can not be read`);
    this.#options.file.replace(text);
  }

  /** There is nothing to carry any more. */
  end(): void {
    this.#whole = null;
    this.#options.file.remove();
  }

  #put(record: CarriedRecord): void {
    if (this.#whole === null) return;
    const isDue = this.#inTrouble || this.#bytes > Math.max(leastBytes, 2 * this.#begun);
    // After a line that was lost, or is there in part, no other may follow.
    if (isDue && !this.#rewrite()) return;
    const line = lineOf(record);
    if (!this.#try(() => this.#options.file.append(line))) return;
    this.#bytes += line.length;
  }

  #rewrite(): boolean {
    const text = this.#snapshot(null);
    if (!this.#try(() => this.#options.file.replace(text))) return false;
    this.#bytes = 0;
    this.#begun = text.length;
    return true;
  }

  #try(act: () => void): boolean {
    try {
      act();
      this.#inTrouble = false;
      return true;
    } catch (error) {
      if (!this.#inTrouble) this.#options.trouble((error as Error).message);
      this.#inTrouble = true;
      return false;
    }
  }

  /** Looked up until it is known: a daemon after an exec knows by it that it is the same process. */
  #ownHead(): CarriedHead {
    if (this.#head === null || this.#head.startTime === 0) this.#head = headOf(this.#options);
    return this.#head;
  }

  #snapshot(handed: Carried['handed']): string {
    const whole = this.#whole;
    if (whole === null) throw new Error('there is no state to carry');
    const carried: Carried = {
      head: this.#ownHead(),
      groups: new Map([...whole.groups()].map((spec) => [spec.name, spec])),
      processes: new Map([...whole.members()].map((member) => [processKey(member.spec), this.#carried(member, null)])),
      reloads: new Map([...whole.reloads()].map((record) => [record.id, carriedReload(record)])),
      pools: whole.pools(),
      poolChanges: [],
      sending: whole.sending(),
      heard: new Map(),
      leaving: whole.isLeaving(),
      handed,
    };
    return writeCarried(carried).map(lineOf).join('');
  }

  #processRecord(member: Member, launching: CarriedProcess['launching']): CarriedRecord {
    const { group, name } = member.spec;
    return { record: 'process', group, name, state: this.#carried(member, launching) };
  }

  #carried(member: Member, launching: CarriedProcess['launching']): CarriedProcess {
    const { process, older, nextReloadBy, logs, sockets, fcgi, children } = member;
    return {
      ...{ process, older, nextReloadBy, launching },
      logs: { stdout: logs.stdout.path, stderr: logs.stderr.path },
      // One that was reaped is let go only after its process has taken the step that is written here.
      children: [...children.values()]
        .filter(({ generation }) => mayBeAlive(process, generation))
        .map((child): CarriedChild => child.carried),
      ...sockets.carried,
      fcgi: fcgi?.carried ?? null,
    };
  }
}

function headOf({ os, version }: CarryOptions): CarriedHead {
  return { record: 'hupd', format: carriedFormat, version, boot: os.bootId(), ...ownIdentity(os) };
}

export function ownIdentity(os: Os): ProcessIdentity {
  return { pid: os.pid, startTime: os.stat(os.pid)?.startTime ?? 0 };
}

function carriedReload({ id, target, startedAt, facts, outcome, rollout }: ReloadRecord) {
  return { id, target, startedAt, facts, outcome, rollout };
}

/** Those that a process needs after an exec, since nobody else may have them open: sockets, and where notifications arrive. */
export function descriptorsOf(members: Iterable<Member>): readonly Fd[] {
  const fds = new Set<Fd>();
  for (const { children, sockets, fcgi } of members) {
    const { configured, borrowed } = sockets.carried;
    const carried = [...children.values()].map((child) => child.carried);
    const all = [...configured, ...borrowed, ...carried.flatMap((child) => child.sockets), fcgi?.carried ?? []].flat();
    for (const { fd } of all) fds.add(fd);
    for (const { notify } of carried) if (notify !== null) fds.add(notify.fd);
  }
  return [...fds];
}

/**
 * What is in a log pipe stays until somebody reads it, and nobody's input comes to its end: neither is sure over an exec of pipes that were
 * taken over from a supervisord, of which the child has one end only.
 */
export function holdPipes(os: Os, members: Iterable<Member>): readonly Fd[] {
  const holders: Array<Fd | null> = [];
  for (const { children } of members) {
    for (const { ends, stdin } of children.values()) {
      for (const { pipe } of ends.channels) holders.push(os.holdOpen(pipe.path, 'read'));
      if (stdin !== null && stdin.path !== null) holders.push(os.holdOpen(stdin.path, 'write'));
    }
  }
  return holders.filter((fd) => fd !== null);
}
