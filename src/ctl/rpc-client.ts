/**
 * Calls to one server: XML-RPC over HTTP, on a unix socket or TCP, with basic auth. Each call has a connection of its own, so that a
 * server which restarts between two commands of a shell leaves no dead one behind. The codec is loaded with the first call: `hupctl
 * help` never pays for it.
 */
import { connect } from 'node:net';
import type { RpcValue } from '../rpc/codec.ts';
import type { Failure, Reply } from './failure.ts';
import { type ResponseHead, ResponseReader } from './http-response.ts';
import { hostHeader, serverTarget } from './server-url.ts';

export interface ServerAddress {
  /** `unix:///path` or `http://host[:port]`, the port being 80 when it is not given. */
  readonly serverUrl: string;
  readonly username: string | null;
  readonly password: string | null;
  /** How long the first call may take, connecting and all: whoever answers that is there, and may take its time. null: for ever. */
  readonly timeoutSecs?: number | null;
}

export class RpcClient {
  readonly #address: ServerAddress;
  #hasAnswered = false;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  /** Never rejects. After the first one there is no time limit: a start with wait answers when it is decided. `signal` gives the answer up. */
  async call(method: string, params: readonly RpcValue[] = [], signal?: AbortSignal): Promise<Reply<RpcValue>> {
    const { decodeResponse, encodeCall } = await import('../rpc/codec.ts');
    const request = this.#request('POST', '/RPC2', Buffer.from(await encodeCall(method, params)));
    const secs = this.#hasAnswered ? null : (this.#address.timeoutSecs ?? null);
    const bound = secs === null ? [] : [AbortSignal.timeout(secs * 1000)];
    const text = await this.#exchangeText(request, AbortSignal.any([...(signal ? [signal] : []), ...bound]));
    if (secs !== null && bound[0]?.aborted && !signal?.aborted) {
      return { ok: false, failure: { kind: 'timeout', secs } };
    }
    this.#hasAnswered ||= text.ok;
    if (!text.ok || signal?.aborted) {
      return text.ok ? { ok: false, failure: interrupted } : text;
    }
    try {
      const response = await decodeResponse(text.value);
      if ('value' in response) {
        return { ok: true, value: response.value };
      }
      const { faultCode, faultString } = response.fault;
      return { ok: false, failure: { kind: 'fault', code: faultCode, text: faultString } };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ok: false, failure: { kind: 'other', type: 'xml.parsers.expat.ExpatError', message } };
    }
  }

  /** A GET whose body comes in pieces, for as long as the server sends; resolves when it ends, or when `signal` fires. */
  async stream(path: string, onData: (bytes: Buffer) => void, signal: AbortSignal): Promise<Reply<null>> {
    const failure = await exchange(this.#address.serverUrl, this.#request('GET', path, null), {
      signal,
      head: (head) => head.status === 200,
      body: onData,
      isComplete: () => true,
    });
    return failure === null ? { ok: true, value: null } : { ok: false, failure };
  }

  async #exchangeText(request: Buffer, signal: AbortSignal): Promise<Reply<string>> {
    const pieces: Buffer[] = [];
    const failure = await exchange(this.#address.serverUrl, request, {
      signal,
      head: (head) => head.status === 200,
      body: (bytes) => pieces.push(bytes),
      // supervisord counts characters where it should count bytes, and then sends more than it announces.
      isComplete: () => Buffer.concat(pieces).includes('</methodResponse>'),
    });
    return failure === null ? { ok: true, value: Buffer.concat(pieces).toString('utf8') } : { ok: false, failure };
  }

  /** The path goes out as UTF-8 bytes, as supervisorctl sends it. */
  #request(method: 'GET' | 'POST', path: string, body: Buffer | null): Buffer {
    const { serverUrl, username, password } = this.#address;
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${hostHeader(serverUrl)}`, 'User-Agent: hupctl'];
    if (username !== null && password !== null) {
      lines.push(`Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
    }
    if (body !== null) {
      // Not with a GET: supervisord would no longer cut a stream into chunks, and keep the first 64 KiB to itself.
      lines.push('Connection: close', 'X-Control-Characters: raw');
      lines.push('Content-Type: text/xml', 'Accept: text/xml', `Content-Length: ${body.length}`);
    }
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
  }
}

interface Exchange {
  readonly signal: AbortSignal;
  /** Whether the body is wanted; otherwise the exchange fails with the status. */
  head(head: ResponseHead): boolean;
  body(bytes: Buffer): void;
  /** Asked when as much has come as was announced. */
  isComplete(): boolean;
}

/** Sends the request and reads the response; null when it has come to its end, be it announced, the connection's or the signal's. */
function exchange(
  serverUrl: string,
  request: Buffer,
  { signal, head, body, isComplete }: Exchange,
): Promise<Failure | null> {
  const target = serverTarget(serverUrl);
  if ('kind' in target) {
    return Promise.resolve(target);
  }
  if (signal.aborted) {
    return Promise.resolve(null);
  }
  return new Promise((resolve) => {
    const socket = connect(target);
    let ended = false;
    const end = (failure: Failure | null): void => {
      ended = true;
      signal.removeEventListener('abort', abort);
      socket.pause();
      // Later, when the answer has been used: to close its first socket takes Node a millisecond, since it opens its stderr for that.
      setImmediate(() => socket.destroy());
      resolve(failure);
    };
    const abort = (): void => end(null);
    signal.addEventListener('abort', abort);
    const reader = new ResponseReader({
      head: (it) => {
        if (!head(it)) {
          end({ kind: 'http', ...it });
        }
      },
      body: (bytes) => {
        if (!ended) {
          body(bytes);
        }
      },
    });
    socket.on('data', (bytes) => {
      if (!reader.push(bytes)) {
        end({ kind: 'other', type: 'http.client.BadStatusLine', message: bytes.toString('latin1', 0, 80) });
      } else if (reader.done && isComplete()) {
        end(null);
      }
    });
    socket.on('end', () => end(reader.empty ? disconnected : null));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(reader.empty ? { kind: 'socket', code: error.code ?? '', message: error.message } : null),
    );
    socket.write(request);
  });
}

const interrupted: Failure = { kind: 'other', type: 'KeyboardInterrupt', message: '' };

const disconnected: Failure = {
  kind: 'other',
  type: 'http.client.RemoteDisconnected',
  message: 'Remote end closed connection without response',
};
