/** XML-RPC calls on kept connections over a unix socket, one after another on each; little more than writing bytes and counting those that come. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadResult {
  readonly perSecond: number;
  /** ms */
  readonly latencies: readonly number[];
}

export function requestOf(method: string, ...params: readonly string[]): Buffer {
  const values = params.map((value) => `<param><value><string>${value}</string></value></param>`).join('');
  const body = `<?xml version='1.0'?><methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`;
  return Buffer.from(
    `POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

export interface LoadOptions {
  readonly clients: number;
  /** 0: as fast as answers come. */
  readonly everyMs?: number;
  /** Asked before each call. */
  readonly until: () => boolean;
}

/** For that long from now on. */
export function forMs(ms: number): () => boolean {
  const end = performance.now() + ms;
  return () => performance.now() >= end;
}

export async function load(
  socket: string,
  request: Buffer,
  { clients, until, everyMs = 0 }: LoadOptions,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const begin = performance.now();
  await Promise.all(Array.from({ length: clients }, () => oneClient(socket, request, until, everyMs, latencies)));
  return { perSecond: latencies.length / ((performance.now() - begin) / 1000), latencies };
}

/** A server that closes the connection after an answer (supervisord does, now and then) is called on another one. */
async function oneClient(
  socket: string,
  request: Buffer,
  until: () => boolean,
  everyMs: number,
  latencies: number[],
): Promise<void> {
  while (!until()) await oneConnection(socket, request, until, everyMs, latencies);
}

function oneConnection(
  socket: string,
  request: Buffer,
  until: () => boolean,
  everyMs: number,
  latencies: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = -1;
    let head = '';
    let sentAt = performance.now();
    const connection = connect(socket);
    const send = () => {
      if (until()) {
        connection.destroy();
        return;
      }
      sentAt = performance.now();
      connection.write(request);
    };
    connection
      .on('connect', () => connection.write(request))
      .on('error', reject)
      .on('close', () => resolve());
    connection.on('data', (chunk) => {
      if (left < 0) {
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        if (!head.startsWith('HTTP/1.1 200')) return reject(new Error(head.slice(0, 200)));
        left = Number(/content-length: *(\d+)/i.exec(head)?.[1]) - (head.length - end - 4);
      } else left -= chunk.length;
      if (left > 0) return;
      const now = performance.now();
      latencies.push(now - sentAt);
      left = -1;
      head = '';
      if (everyMs === 0) send();
      else setTimeout(send, everyMs);
    });
  });
}

/** Of a daemon that has just been started: a socket that is bound may refuse for a moment. */
export async function listening(socket: string): Promise<void> {
  const accepts = () =>
    new Promise<boolean>((resolve) => {
      const connection = connect(socket, () => resolve(true)).on('error', () => resolve(false));
      connection.on('connect', () => connection.destroy());
    });
  for (const end = performance.now() + 60_000; !(await accepts()); await sleep(2))
    if (performance.now() > end) throw new Error(`${socket} takes no connection`);
}
