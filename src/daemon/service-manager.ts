/**
 * What systemd (`Type=notify`), or whoever speaks its protocol, is told of the daemon:
 *
 *   programs start ──► READY=1 ──► restart: RELOADING=1 ──► the next life's programs start ──► READY=1 ──► shutdown: STOPPING=1
 *                       └── STATUS= whenever it says something new; WATCHDOG=1 twice in the time that the manager asks for ──┘
 *
 * The datagrams of the watchdog come through the daemon's one timer, like everything that it has to do at a time: a daemon that hangs sends none.
 */
import type { ProcessView, Supervision } from '../runtime/supervision.ts';

/** What is used of the daemon. */
export type Watched = Pick<Supervision, 'changes' | 'changed' | 'daemonState'>;

export interface ManagerOptions {
  readonly send: (datagram: Buffer) => void;
  readonly pid: number;
  /** Milliseconds between two signs of life. null: nobody waits for any. */
  readonly keepAliveMs: number | null;
  /** Of the kernel's monotonic clock. */
  readonly monoMs: () => number;
}

/** Half of what the manager allows; null: it asks for none, or not this process. Rounded so that a slow moment costs nothing. */
export function keepAliveOf(
  env: { readonly WATCHDOG_USEC?: string | undefined; readonly WATCHDOG_PID?: string | undefined },
  pid: number,
): number | null {
  const usec = Number(env.WATCHDOG_USEC);
  if (!Number.isSafeInteger(usec) || usec <= 0) return null;
  if (env.WATCHDOG_PID !== undefined && Number(env.WATCHDOG_PID) !== pid) return null;
  return Math.max(1, Math.floor(usec / 2000));
}

export class ServiceManager {
  readonly #options: ManagerOptions;
  #status = '';
  #isUp = false;

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Goes along with one life, until `ended`. */
  async follow(daemon: Watched, ended: Promise<unknown>): Promise<void> {
    const { keepAliveMs } = this.#options;
    const programs = new Programs();
    let over = false;
    let phase: 'starting' | 'up' | 'leaving' = 'starting';
    void ended.then(() => {
      over = true;
    });
    for (let version = 0; !over; ) {
      const seen = daemon.changes(version);
      version = seen.version;
      programs.note(seen.processes, seen.complete);
      if (phase !== 'leaving' && daemon.daemonState !== 'RUNNING') {
        phase = 'leaving';
        if (daemon.daemonState === 'SHUTDOWN') this.#send('STOPPING=1');
        else this.#reloading();
      } else if (phase === 'starting' && programs.settled) {
        phase = 'up';
        this.#isUp = true;
        this.#send('READY=1', `MAINPID=${this.#options.pid}`);
      }
      this.#tell(programs.status);
      if (keepAliveMs !== null) this.#send('WATCHDOG=1');
      await Promise.race([ended, daemon.changed(version, keepAliveMs ?? Number.POSITIVE_INFINITY)]);
    }
  }

  /** A restart was asked for and refused: whoever waits for it (`systemctl reload`) is told, and why. */
  refused(why: string): void {
    this.#reloading();
    if (this.#isUp) this.#send('READY=1');
    this.#tell(`not restarted: ${why}`);
  }

  #reloading(): void {
    this.#send('RELOADING=1', `MONOTONIC_USEC=${Math.floor(this.#options.monoMs() * 1000)}`);
  }

  #tell(status: string): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#send(`STATUS=${status.replaceAll('\n', ' ')}`);
  }

  #send(...lines: readonly string[]): void {
    this.#options.send(Buffer.from(lines.join('\n')));
  }
}

/** The processes that start by themselves, as they were seen last. */
class Programs {
  readonly #states = new Map<string, string>();

  note(changed: readonly ProcessView[], all: boolean): void {
    if (all) this.#states.clear();
    for (const { group, name, spec, state } of changed) {
      if (spec.autostart) this.#states.set(group === name ? name : `${group}:${name}`, state);
    }
  }

  /** Each is up, or it is decided that it is not going to be. */
  get settled(): boolean {
    return [...this.#states.values()].every((state) => state !== 'STARTING' && state !== 'BACKOFF');
  }

  get status(): string {
    const down = [...this.#states].filter(([, state]) => state !== 'RUNNING');
    const up = this.#states.size - down.length;
    const named = down.slice(0, 5).map(([name, state]) => `${name} ${state}`);
    const more = down.length > named.length ? ', …' : '';
    return `${up} of ${this.#states.size} run${down.length === 0 ? '' : `; ${named.join(', ')}${more}`}`;
  }
}
