/** A FakeOs's probe: the test says when the generation accepts, and what it answers. */
import type { HttpAnswer, HttpQuestion, Probe, ProbeConnection } from '../../src/os/os.ts';
import type { FakeClock } from './fake-clock.ts';

export class FakeProbe implements Probe {
  readonly fd: number;
  readonly port: number;
  readonly connections: FakeProbeConnection[] = [];
  /** In order. */
  readonly asked: HttpQuestion[] = [];
  sealed = false;
  closed = false;
  readonly #clock: FakeClock;
  #accepting = false;
  #waiting: Array<(answer: HttpAnswer) => void> = [];
  #answer: HttpAnswer | null = null;

  constructor(fd: number, port: number, clock: FakeClock) {
    this.fd = fd;
    this.port = port;
    this.#clock = clock;
  }

  connect(): ProbeConnection {
    const connection = new FakeProbeConnection(this.#accepting && !this.sealed);
    this.connections.push(connection);
    return connection;
  }

  get(question: HttpQuestion): Promise<HttpAnswer> {
    this.asked.push(question);
    if (this.#answer !== null) return Promise.resolve(this.#answer);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#clock.after(question.timeoutMs, () => resolve({ error: 'timeout' }));
    });
  }

  seal(): void {
    this.sealed = true;
  }

  close(): void {
    this.closed = true;
  }

  /** The generation serves: every connection, open or to come, is accepted. `false`: those to come wait again. */
  accept(accepting = true): void {
    this.#accepting = accepting;
    if (accepting) for (const connection of this.connections) connection.isAccepted = true;
  }

  /** What every GET gets from now on, those that wait included. null: they wait. */
  answer(answer: HttpAnswer | null): void {
    this.#answer = answer;
    if (answer === null) return;
    for (const resolve of this.#waiting) resolve(answer);
    this.#waiting = [];
  }
}

export class FakeProbeConnection implements ProbeConnection {
  isAccepted: boolean;
  closed = false;

  constructor(accepted: boolean) {
    this.isAccepted = accepted;
  }

  accepted(): boolean {
    return this.isAccepted;
  }

  close(): void {
    this.closed = true;
  }
}
