/**
 * One HTTP server over `node:http`, with what supervisord's clients need mended: connections stay open between requests for as long as they
 * like, a missing Host is no error, raw UTF-8 in a path is understood; and with what a network needs: every wait and every size is bounded.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ServerSpec } from '../core/spec.ts';
import type { HttpBounds } from './bounds.ts';
import { Connections } from './connections.ts';
import type { RequestHandler } from './handler.ts';
import { encodeFirstLine } from './request-line.ts';
import { endWith } from './respond.ts';

export interface HttpServer {
  /** Not listening yet. */
  readonly server: Server;
  /** Accepts no more, lets what is under way end for a moment, closes the rest. */
  close(): Promise<void>;
}

export function createHttpServer(spec: ServerSpec, handler: RequestHandler, bounds: HttpBounds): HttpServer {
  const connections = new Connections(bounds);
  let closing = false;
  const server = createServer({
    maxHeaderSize: bounds.maxHeaderBytes,
    headersTimeout: bounds.headersMs,
    requestTimeout: bounds.requestMs,
    connectionsCheckingInterval: bounds.checkingMs,
    // Connections closes the idle ones.
    keepAliveTimeout: 0,
    requireHostHeader: false,
  });

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    connections.begin(socket, { request, response });
    response.once('close', () => {
      connections.end(socket);
      if (closing) socket.destroySoon();
    });
    handler(request, response, spec);
  };
  server.on('request', onRequest);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers['content-length'] ?? 0) <= bounds.maxBodyBytes) response.writeContinue();
    onRequest(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, connections));
  // Without a listener node would close at its own discretion, also in the midst of a call; Connections decides.
  server.on('timeout', () => {});
  seeConnectionsFirst(server, connections, bounds);

  const close = async (): Promise<void> => {
    closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    connections.closeIdle();
    const timer = setTimeout(() => connections.closeAll(), bounds.closeMs);
    await closed;
    clearTimeout(timer);
  };
  return { server, close };
}

/** Puts ourselves in front of node's own listener, which starts the parser. */
function seeConnectionsFirst(server: Server, connections: Connections, bounds: HttpBounds): void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (!connections.admit(socket)) return;
    encodeFirstLine(socket, bounds, () => {
      for (const listener of listeners) listener.call(server, socket);
    });
  });
}

/** A request that the parser did not take. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, connections: Connections): void {
  const half = connections.receiving(socket);
  if (!socket.writable || (half === null && connections.isBusy(socket))) {
    socket.destroy();
    return;
  }
  half?.detachSocket(socket);
  endWith(socket, statusOf(error.code));
}

function statusOf(code: string | undefined): number {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 431;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408;
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 413;
    default:
      return 400;
  }
}
