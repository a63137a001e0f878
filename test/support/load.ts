/**
 * An open-loop client: so many requests a second, each on a new connection, whether or not the earlier ones were answered. Counts what failed
 * and how long each waited; used by the demo, the benches and the tests of servers.
 */
import { request } from 'node:http';

export type Target = { readonly host: string; readonly port: number } | { readonly socketPath: string };

export interface Answer {
  /** mono milliseconds of the request's start. */
  readonly at: number;
  readonly ms: number;
  readonly error: string | null;
  readonly body: string;
}

export interface LoadOptions {
  readonly target: Target;
  readonly perSecond: number;
  readonly path?: string;
  /** A request that takes longer counts as failed. */
  readonly timeoutMs?: number;
}

export interface Load {
  readonly answers: readonly Answer[];
  /** Ends the stream and waits for the answers that are still due. */
  stop(): Promise<readonly Answer[]>;
}

export function startLoad({ target, perSecond, path = '/', timeoutMs = 60_000 }: LoadOptions): Load {
  const answers: Answer[] = [];
  const pending = new Set<Promise<void>>();
  const send = () => {
    const one = ask(target, path, timeoutMs).then((answer) => {
      answers.push(answer);
      pending.delete(one);
    });
    pending.add(one);
  };
  const began = performance.now();
  let sent = 0;
  const timer = setInterval(
    () => {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      for (; sent < due; sent++) send();
    },
    Math.min(20, 1000 / perSecond),
  );
  return {
    answers,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(pending);
      return answers;
    },
  };
}

/** One request on a connection of its own. Never rejects. */
export function ask(target: Target, path = '/', timeoutMs = 10_000): Promise<Answer> {
  const at = performance.now();
  return new Promise((resolve) => {
    const done = (error: string | null, body = '') => resolve({ at, ms: performance.now() - at, error, body });
    const sent = request({ ...target, path, agent: false, timeout: timeoutMs }, (response) => {
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
