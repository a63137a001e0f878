/**
 * An open-loop client: so many requests a second, whether or not the earlier ones were answered, each on a new connection or in turn on ten
 * that are kept. Counts what failed and how long each waited; used by the demo, the benches and the tests of servers. Nothing is sent
 * twice: what a browser or a proxy would send again (RFC 9112, 9.3.1) counts as failed, and is told apart by `reused`.
 */
import { Agent, request } from 'node:http';

export type Target = { readonly host: string; readonly port: number } | { readonly socketPath: string };

export interface Answer {
  /** mono milliseconds of the request's start. */
  readonly at: number;
  readonly ms: number;
  readonly error: string | null;
  readonly body: string;
  /** It was not the first on its connection. */
  readonly reused: boolean;
}

export interface LoadOptions {
  readonly target: Target;
  readonly perSecond: number;
  readonly path?: string;
  /** A request that takes longer counts as failed. */
  readonly timeoutMs?: number;
  readonly keepAlive?: boolean;
}

/** Connections that are kept: each has a pause of its own between two requests, as those of browsers and proxies have. */
const keptConnections = 10;

export interface Load {
  readonly answers: readonly Answer[];
  /** The longest, in ms, that a request was sent after it was due: large when the client itself is the bottleneck. */
  readonly latestMs: number;
  /** Ends the stream and waits for the answers that are still due. */
  stop(): Promise<readonly Answer[]>;
}

export function startLoad(options: LoadOptions): Load {
  const { target, perSecond, path = '/', timeoutMs = 60_000, keepAlive = false } = options;
  const answers: Answer[] = [];
  const pending = new Set<Promise<void>>();
  const agents = Array.from({ length: keepAlive ? keptConnections : 0 }, () => new Agent({ keepAlive }));
  const send = () => {
    const one = ask(target, path, timeoutMs, agents[sent % keptConnections] ?? false).then((answer) => {
      answers.push(answer);
      pending.delete(one);
    });
    pending.add(one);
  };
  const began = performance.now();
  let sent = 0;
  let latestMs = 0;
  const timer = setInterval(
    () => {
      const ms = performance.now() - began;
      const due = Math.floor((ms / 1000) * perSecond);
      if (sent < due) latestMs = Math.max(latestMs, ms - ((sent + 1) / perSecond) * 1000);
      for (; sent < due; sent++) send();
    },
    Math.min(20, 1000 / perSecond),
  );
  return {
    answers,
    get latestMs() {
      return latestMs;
    },
    stop: async () => {
      clearInterval(timer);
      await Promise.all(pending);
      for (const agent of agents) agent.destroy();
      return answers;
    },
  };
}

/** One request, on a connection of its own unless there is an agent. Never rejects. */
export function ask(target: Target, path = '/', timeoutMs = 10_000, agent: Agent | false = false): Promise<Answer> {
  const at = performance.now();
  return new Promise((resolve) => {
    const done = (error: string | null, body = '') =>
      resolve({ at, ms: performance.now() - at, error, body, reused: sent.reusedSocket });
    const sent = request({ ...target, path, agent, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => done(response.statusCode === 200 ? null : `status ${response.statusCode}`, body));
      response.on('error', (error) => done(error.message));
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', (error) => done((error as NodeJS.ErrnoException).code ?? error.message));
    sent.end();
  });
}

/** Each failed request with the moment it was sent, in ms since the first one. */
export function failures(answers: readonly Answer[]): readonly string[] {
  const began = Math.min(...answers.map(({ at }) => at));
  return answers.flatMap(({ error, at }) => (error === null ? [] : [`${error} at ${Math.round(at - began)}`]));
}

export interface Summary {
  readonly requests: number;
  readonly failed: number;
  readonly slowestMs: number;
  readonly medianMs: number;
  /** Seconds of wall time in which a client that asked got no answer within half a second. */
  readonly withoutAnswerSecs: number;
}

export function summarise(answers: readonly Answer[]): Summary {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const bad = answers.filter(({ error, ms }) => error !== null || ms > 500).sort((a, b) => a.at - b.at);
  let without = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { at, ms } of bad) {
    const end = at + Math.max(ms, 20);
    without += Math.max(0, end - Math.max(until, at));
    until = Math.max(until, end);
  }
  return {
    requests: answers.length,
    failed: answers.filter(({ error }) => error !== null).length,
    slowestMs: sorted.at(-1) ?? 0,
    medianMs: sorted[sorted.length >> 1] ?? 0,
    withoutAnswerSecs: without / 1000,
  };
}
