/** A server without a socket: what each method answers is a table, and every call is kept. */
import { Client } from '../../src/ctl/client.ts';
import type { Reply } from '../../src/ctl/failure.ts';
import type { RpcValue } from '../../src/rpc/codec.ts';
import { faultCodes } from '../../src/rpc/contract.ts';

export type Answer = (...params: readonly RpcValue[]) => RpcValue | Fault | Promise<RpcValue | Fault>;

export class Fault {
  readonly code: number;
  readonly text: string;
  constructor(name: keyof typeof faultCodes, text?: string) {
    this.code = faultCodes[name];
    this.text = text === undefined ? name : `${name}: ${text}`;
  }
}

export class FakeServer extends Client {
  readonly calls: string[] = [];
  readonly #answers: Readonly<Record<string, Answer>>;

  constructor(answers: Readonly<Record<string, Answer>>) {
    super({ serverUrl: 'unix:///fake', username: null, password: null });
    this.#answers = { 'supervisor.getVersion': () => '3.0', ...answers };
  }

  override async call(
    method: string,
    params: readonly RpcValue[] = [],
    signal?: AbortSignal,
  ): Promise<Reply<RpcValue>> {
    this.calls.push(`${method.replace('supervisor.', '')}(${params.join(', ')})`);
    const answer = this.#answers[method];
    const value = answer === undefined ? new Fault('UNKNOWN_METHOD') : await unlessAborted(answer(...params), signal);
    return value instanceof Fault
      ? { ok: false, failure: { kind: 'fault', code: value.code, text: value.text } }
      : { ok: true, value };
  }
}

/** As the real client does it: an abort ends the call. */
async function unlessAborted<T>(value: T | Promise<T>, signal: AbortSignal | undefined): Promise<T | ''> {
  const aborted = new Promise<''>((resolve) => signal?.addEventListener('abort', () => resolve('')));
  return Promise.race([value, aborted]);
}

/** What getAllProcessInfo says of a process. */
export function processInfo(namespec: string, statename: string, more: Record<string, RpcValue> = {}) {
  const [group = '', name = group] = namespec.split(':');
  const running = statename === 'RUNNING';
  return {
    group,
    name,
    statename,
    state: 0,
    pid: running ? 100 : 0,
    description: running ? 'pid 100, uptime 0:00:05' : 'Not started',
    start: 0,
    stop: 0,
    now: 0,
    spawnerr: '',
    exitstatus: 0,
    logfile: '',
    stdout_logfile: '',
    stderr_logfile: '',
    ...more,
  };
}
