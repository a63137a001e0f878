/** What all of `FakeOs` stands on: time that the test moves, what waits to be told, and calls that are made to fail. */
import type { Errno, SpawnResult } from '../../src/os/os.ts';
import { OsError } from '../../src/os/os-error.ts';
import { FakeClock } from './fake-clock.ts';

export type FallibleCall =
  | 'spawn'
  | 'kill'
  | 'becomeSubreaper'
  | 'createLogPipe'
  | 'reopenLogPipe'
  | 'reopenInputPipe'
  | 'regainSocket'
  | 'regainNotifySocket'
  | 'follow'
  | 'findWriter'
  | 'holdOpen'
  | 'stat'
  | 'createStdinPipe'
  | 'createNotifySocket'
  | 'listen'
  | 'borrowListeners'
  | 'createProbe'
  | 'guardSocketPath';
export type SpawnStep = Extract<SpawnResult, { ok: false }>['step'];

export class FakeKernel {
  readonly clock = new FakeClock();
  #queue: Array<() => void> = [];
  #faults: Array<{ call: FallibleCall; errno: Errno; step: SpawnStep; after: number }> = [];
  #counted: FallibleCall[] = [];
  #numbered: { left: number; readonly errno: Errno } | null = null;

  /** Delivers what waits to be told (output, ends, exits), and what comes of it, until nothing does. */
  flush(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();
  }

  /** Lets time pass; fires each deadline at its moment, with what is queued delivered before and after. */
  advance(ms: number): void {
    const target = this.clock.now().mono + ms;
    this.flush();
    while (this.clock.step(target)) this.flush();
  }

  /** As `advance`, but the event loop turns at every step: for code that goes on in promises or a mailbox. */
  async elapse(ms: number): Promise<void> {
    const target = this.clock.now().mono + ms;
    await this.settle();
    while (this.clock.step(target)) await this.settle();
  }

  /** Flushes and lets the event loop turn until the queue stays empty. */
  async settle(): Promise<void> {
    do {
      this.flush();
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#queue.length > 0);
  }

  /** The call's next use fails. `step`: for `spawn` only. Faults of one call are used up in order. */
  failNext(call: FallibleCall, errno: Errno, step: SpawnStep = 'exec'): void {
    this.failAfter(0, call, errno, step);
  }

  /** As `failNext`, but so many uses succeed before. */
  failAfter(uses: number, call: FallibleCall, errno: Errno, step: SpawnStep = 'exec'): void {
    this.#faults.push({ call, errno, step, after: uses });
  }

  /** Every call from here on that can fail, by name, as they come. */
  countCalls(): readonly FallibleCall[] {
    this.#counted = [];
    return this.#counted;
  }

  /** Of the calls from here on that can fail, the one with that number (from 0) does, once. */
  failCall(index: number, errno: Errno): void {
    this.#numbered = { left: index, errno };
  }

  forgetFaults(): void {
    this.#faults = [];
    this.#numbered = null;
  }

  /** Told on the next flush. */
  protected post(what: () => void): void {
    this.#queue.push(what);
  }

  /** null: this use succeeds. */
  protected fault(call: FallibleCall): { errno: Errno; step: SpawnStep } | null {
    this.#counted.push(call);
    if (this.#numbered !== null && this.#numbered.left-- === 0) return { errno: this.#numbered.errno, step: 'fork' };
    const fault = this.#faults.find((candidate) => candidate.call === call);
    if (fault === undefined) return null;
    fault.after -= 1;
    if (fault.after >= 0) return null;
    this.#faults = this.#faults.filter((candidate) => candidate !== fault);
    return fault;
  }

  protected throwFault(call: FallibleCall, what: string): void {
    const fault = this.fault(call);
    if (fault !== null) throw new OsError(call, fault.errno, what);
  }
}
