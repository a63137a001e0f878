/**
 * What an HTTP request means: who may ask, and which route answers. Every path wants the password, static files as well.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rpcTexts } from '../core/log-texts.ts';
import type { ServerSpec } from '../core/spec.ts';
import { createRpc } from '../rpc/dispatch.ts';
import type { RpcContext } from '../rpc/method.ts';
import { callerOf, type FindPeer } from './audit.ts';
import { accessOf } from './auth.ts';
import { isCrossSite } from './cross-site.ts';
import { createDashboardRoute, isDashboardPath } from './dashboard-route.ts';
import { Watchers } from './events-route.ts';
import { LogTails } from './logtail-route.ts';
import { metricsRoute } from './metrics-route.ts';
import { pagesRoute } from './pages-route.ts';
import { respondAndClose, respondError } from './respond.ts';
import { rpcRoute } from './rpc-route.ts';

/** Answers every request; never throws. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, server: ServerSpec) => void;

/** One for all servers of the daemon. The methods are those that the configuration publishes now; a later `reread` changes none of it. */
export function createHandler(context: RpcContext, findPeer: FindPeer = () => null): RequestHandler {
  const { daemon, logs } = context;
  const rpc = createRpc(context, daemon.config.rpcInterfaces);
  const pages = { daemon, rpc: createRpc(context, [{ namespace: 'supervisor', interface: 'main' }]) };
  const tails = new LogTails(daemon, logs);
  const watchers = new Watchers(daemon);
  const dashboard = createDashboardRoute(context);

  const route: Route = (request, response, server) => {
    const access = accessOf(server, request.headers.authorization);
    if (access === 'malformed') return respondAndClose(request, response, 400);
    if (access === 'none') {
      return respondAndClose(request, response, 401, { 'WWW-Authenticate': 'Basic realm="default"' });
    }
    const caller = callerOf(request, access, server.credentials === null, findPeer);
    const path = decodedPath(request.url ?? '/');
    if (path.startsWith('/RPC2')) {
      if (isCrossSite(request)) return respondAndClose(request, response, 403);
      return rpcRoute(rpc, daemon, request, response, caller);
    }
    if (path.startsWith('/logtail') || path.startsWith('/mainlogtail')) {
      if (isCrossSite(request)) return respondAndClose(request, response, 403);
      return path.startsWith('/logtail')
        ? tails.process(request, response, path.slice('/logtail'.length))
        : tails.main(request, response);
    }
    if (path === '/events') {
      if (isCrossSite(request)) return respondAndClose(request, response, 403);
      return watchers.attach(request, response);
    }
    if (isDashboardPath(path)) return dashboard(request, response, path, caller);
    if (path === '/metrics') return metricsRoute(context, request, response);
    return pagesRoute(pages, request, response, path, caller);
  };

  return (request, response, server) => {
    if (daemon.isLogged('TRAC')) response.once('close', () => logAccess(context, request, response));
    void guarded(context, route, request, response, server);
  };
}

type Route = (request: IncomingMessage, response: ServerResponse, server: ServerSpec) => void | Promise<void>;

/** A bug in a route is one client's HTTP 500, and a line in the log. */
async function guarded(
  { daemon }: RpcContext,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  server: ServerSpec,
): Promise<void> {
  try {
    await route(request, response, server);
  } catch (error) {
    daemon.log('ERRO', `Server Error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (response.headersSent) response.destroy();
    else respondError(request, response, 500);
  }
}

/** Without the query, and with its escapes undone where they are UTF-8. */
export function decodedPath(url: string): string {
  if (!/[?#%]/.test(url)) return url;
  const path = url.replace(/[?#].*$/s, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function logAccess({ daemon }: RpcContext, request: IncomingMessage, response: ServerResponse): void {
  const { remoteAddress, remotePort, bytesWritten } = request.socket;
  const { level, text } = rpcTexts.access(
    remoteAddress ?? 'localhost',
    remotePort ?? 0,
    clfDate(new Date()),
    `${request.method} ${request.url} HTTP/${request.httpVersion}`,
    response.statusCode,
    bytesWritten,
  );
  daemon.log(level, text);
}

/** `22/Nov/2026:21:49:00 +0000`. */
function clfDate(date: Date): string {
  const [, day, month, year, time] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
