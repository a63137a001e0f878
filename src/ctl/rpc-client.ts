/**
 * Calls to one server: XML-RPC over HTTP, on a unix socket or TCP, with basic auth. The codec is loaded with the first call, so that
 * `hupctl help` never pays for it. Connections are kept while a command runs and closed by `close`, because a server that restarts
 * between two commands of a shell would leave a dead one behind.
 */
import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { RpcValue } from '../rpc/codec.ts';
import type { Failure, Reply } from './failure.ts';

export interface ServerAddress {
  /** `unix:///path` or `http://host[:port]`, the port being 80 when it is not given. */
  readonly serverUrl: string;
  readonly username: string | null;
  readonly password: string | null;
}

export class RpcClient {
  readonly #address: ServerAddress;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  /** Never rejects. There is no time limit: a start with wait answers when it is decided. */
  async call(method: string, params: readonly RpcValue[] = []): Promise<Reply<RpcValue>> {
    const target = requestTarget(this.#address);
    if ('kind' in target) {
      return { ok: false, failure: target };
    }
    const { encodeCall, decodeResponse, loadDecoder } = await import('../rpc/codec.ts');
    const body = Buffer.from(encodeCall(method, params));
    const headers = { 'Content-Type': 'text/xml', 'Content-Length': body.length, Accept: 'text/xml' };
    const answer = this.#send({ ...target, method: 'POST', path: '/RPC2', headers }, body);
    void loadDecoder().catch(() => undefined); // meanwhile; a failure shows when it is used
    const reply = await answer;
    if (!reply.ok) {
      return reply;
    }
    try {
      const response = await decodeResponse(reply.value);
      return 'fault' in response
        ? {
            ok: false,
            failure: { kind: 'fault', code: response.fault.faultCode, text: response.fault.faultString },
          }
        : { ok: true, value: response.value };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ok: false, failure: { kind: 'other', type: 'xml.parsers.expat.ExpatError', message } };
    }
  }

  /**
   * A GET whose body comes in pieces, for as long as the server sends; resolves when it ends, or when `signal` fires. The path goes
   * out as UTF-8 bytes, as supervisorctl sends it.
   */
  async stream(path: string, onData: (chunk: Buffer) => void, signal: AbortSignal): Promise<Reply<null>> {
    const target = requestTarget(this.#address);
    if ('kind' in target) {
      return { ok: false, failure: target };
    }
    const bytes = Buffer.from(path).toString('latin1');
    return new Promise((resolve) => {
      const done = (): void => resolve({ ok: true, value: null });
      const sent = request(
        { ...target, path: bytes, agent: false, signal, headers: { ...this.#auth(), Accept: '*/*' } },
        (response) => {
          if (response.statusCode !== 200) {
            response.destroy();
            resolve({ ok: false, failure: httpFailure(response) });
            return;
          }
          response.on('data', onData);
          // The server going away is how a tail ends.
          response.on('error', done);
          response.on('close', done);
        },
      );
      sent.on('error', (error) =>
        signal.aborted ? done() : resolve({ ok: false, failure: failureOf(error as NodeJS.ErrnoException) }),
      );
      sent.end();
    });
  }

  /** Drops idle connections; the next call makes new ones. */
  close(): void {
    this.#agent.destroy();
  }

  #auth(): Record<string, string> {
    const { username, password } = this.#address;
    return username === null || password === null
      ? {}
      : { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  }

  #send(options: RequestOptions, body: Buffer): Promise<Reply<string>> {
    return new Promise((resolve) => {
      const sent: ClientRequest = request(
        { ...options, agent: this.#agent, headers: { ...options.headers, ...this.#auth() } as Record<string, string> },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', (error) => resolve({ ok: false, failure: failureOf(error) }));
          response.on('end', () =>
            resolve(
              response.statusCode === 200
                ? { ok: true, value: Buffer.concat(chunks).toString('utf8') }
                : { ok: false, failure: httpFailure(response) },
            ),
          );
        },
      );
      sent.on('error', (error) => resolve({ ok: false, failure: failureOf(error) }));
      sent.end(body);
    });
  }
}

/** Where a server URL leads, or what is wrong with it. */
function requestTarget({ serverUrl }: ServerAddress): RequestOptions | Failure {
  if (serverUrl.startsWith('unix://')) {
    return { socketPath: serverUrl.slice('unix://'.length), host: 'localhost' };
  }
  if (serverUrl.startsWith('http://') && URL.canParse(serverUrl)) {
    const { hostname, port } = new URL(serverUrl);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) };
  }
  return { kind: 'other', type: 'ValueError', message: `Unknown protocol for serverurl ${serverUrl}` };
}

function httpFailure(response: IncomingMessage): Failure {
  return { kind: 'http', status: response.statusCode ?? 0, reason: response.statusMessage ?? '' };
}

function failureOf(error: NodeJS.ErrnoException): Failure {
  if (error.message === 'socket hang up') {
    const message = 'Remote end closed connection without response';
    return { kind: 'other', type: 'http.client.RemoteDisconnected', message };
  }
  return { kind: 'socket', code: error.code ?? '', message: error.message };
}
