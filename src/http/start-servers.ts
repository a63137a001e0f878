/** The servers of a configuration: all of them, or none and a reason. */
import { lookup } from 'node:dns/promises';
import { closeSync } from 'node:fs';
import type { Server } from 'node:net';
import type { HandedServer } from '../core/carried.ts';
import { daemonTexts, type LogText } from '../core/log-texts.ts';
import type { ServerSpec } from '../core/spec.ts';
import { type HttpBounds, httpBounds } from './bounds.ts';
import { handedServer, inheritedBy, unusable } from './handed-servers.ts';
import type { RequestHandler } from './handler.ts';
import { addressInUse, errnoText, type ListenFailure } from './listen-errors.ts';
import { createHttpServer } from './server.ts';
import { listens, listenUnix, listenUnixAgain } from './unix-socket.ts';

export interface ServerOptions {
  readonly handler: RequestHandler;
  /** Published namespaces of `[rpcinterface:x]`, for the log. */
  readonly namespaces: readonly string[];
  /** `[supervisord] require_auth`. */
  readonly requireAuth: boolean;
  readonly log: (record: LogText) => void;
  /** For tests; `httpBounds` otherwise. */
  readonly bounds?: HttpBounds;
  /** A line for stderr. */
  readonly notice: (line: string) => void;
  /** Listeners that this process had before it became another hupd; those that are of no use are closed. */
  readonly inherited?: readonly HandedServer[];
}

export interface RunningServers {
  readonly ok: true;
  /** `unix:///run/x.sock`, `http://127.0.0.1:9001`, in the order of the specs. */
  readonly urls: readonly string[];
  /** Removes the sockets' files, and lets requests under way end for a moment. */
  close(): Promise<void>;
  /**
   * Accepts no more, lets requests under way end for a moment, and keeps the listeners open by copies of their descriptors: who connects
   * waits. `duplicate` makes a copy; where it throws, so does this, and nothing has changed.
   */
  handOver(duplicate: (fd: number) => number): Promise<readonly HandedServer[]>;
}

interface Listening {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
  /** As `close`, and the socket's file stays. */
  leave(): Promise<void>;
}

/** One after the other; when one fails, those before it are closed again and the text says what supervisord says. */
export async function startServers(
  specs: readonly ServerSpec[],
  options: ServerOptions,
): Promise<RunningServers | ListenFailure> {
  const running: Listening[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.close()));
  };
  for (const spec of specs) {
    const started = await startServer(spec, options);
    if (!('url' in started)) {
      await close();
      return started;
    }
    running.push(started);
    for (const namespace of options.namespaces) options.log(daemonTexts.rpcInterface(namespace));
    if (spec.credentials === null) options.log(daemonTexts.noAuthentication(spec.section));
  }
  for (const { fd } of unusable(options.inherited ?? [], specs)) closeSync(fd);
  const handOver = async (duplicate: (fd: number) => number): Promise<readonly HandedServer[]> => {
    const handed: HandedServer[] = [];
    try {
      for (const [index, { server }] of running.entries()) {
        const spec = specs[index];
        if (spec !== undefined) handed.push(...handedServer(spec, server, duplicate));
      }
    } catch (error) {
      for (const { fd } of handed) closeSync(fd);
      throw error;
    }
    await Promise.all(running.map((server) => server.leave()));
    return handed;
  };
  return { ok: true, urls: running.map(({ url }) => url), close, handOver };
}

async function startServer(spec: ServerSpec, options: ServerOptions): Promise<Listening | ListenFailure> {
  const exposed = options.requireAuth ? exposure(spec) : null;
  if (exposed !== null) return { ok: false, text: exposed };
  const http = createHttpServer(spec, options.handler, options.bounds ?? httpBounds);
  const fd = inheritedBy(spec, options.inherited ?? [])?.fd ?? null;
  if (spec.kind === 'inet') return listenInet(http, spec, fd);
  const listening =
    fd === null ? await listenUnix(http.server, spec, options.notice) : await listenUnixAgain(http.server, spec, fd);
  if (!listening.ok) {
    await http.close();
    return listening;
  }
  return listeningAt(`unix://${spec.file}`, http, listening.remove);
}

function listeningAt(
  url: string,
  { server, close }: ReturnType<typeof createHttpServer>,
  remove: () => void,
): Listening {
  return {
    url,
    server,
    close: async () => {
      remove();
      await close();
    },
    leave: close,
  };
}

type InetServerSpec = Extract<ServerSpec, { kind: 'inet' }>;

/** Where anyone who reaches this machine could do anything: why `require_auth` refuses it. null: nothing against it. */
export function exposure(spec: ServerSpec): string | null {
  if (spec.kind !== 'inet' || spec.credentials !== null || /^(127\.[\d.]+|localhost|::1)$/i.test(spec.host))
    return null;
  return `[${spec.section}] listens on ${spec.host || '*'}:${spec.port} without username and password, and [supervisord] require_auth is true; set both, or listen on 127.0.0.1`;
}

/** IPv4, as supervisord; a literal IPv6 address is taken too. `fd`: listens already. */
async function listenInet(
  http: ReturnType<typeof createHttpServer>,
  spec: InetServerSpec,
  fd: number | null,
): Promise<Listening | ListenFailure> {
  const { server } = http;
  try {
    const { backlog } = httpBounds;
    const host = spec.host === '' ? '0.0.0.0' : await resolve(spec.host);
    await listens(server, fd === null ? { host, port: spec.port, backlog, exclusive: true } : { fd, backlog });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EADDRINUSE' ? addressInUse : { ok: false, text: errnoText(code ?? String(error)) };
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : spec.port;
  return listeningAt(`http://${spec.host || 'localhost'}:${port}`, http, () => {});
}

async function resolve(host: string): Promise<string> {
  if (host.includes(':')) return host;
  return (await lookup(host, { family: 4 })).address;
}
