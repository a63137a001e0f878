/** Whole answers, with their length in bytes; and the error pages, which name their code as those of supervisord's HTTP server do. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { httpBounds } from './bounds.ts';

/** No version in it: it is told to everyone who can connect. */
export const commonHeaders = { Server: 'hupd', 'X-Content-Type-Options': 'nosniff' } as const;

/** Names and values in turns: node takes them as they are. */
const common: readonly string[] = Object.entries(commonHeaders).flat();
const none: NonNullable<Page['headers']> = {};

export interface Page {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a whole answer, head and body at once. To HEAD the same without its body. */
export function respond(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const headers = [...common, 'Content-Type', page.type, 'Content-Length', String(Buffer.byteLength(page.body))];
  for (const [name, value] of Object.entries(page.headers ?? none)) headers.push(name, value);
  response.writeHead(page.status ?? 200, headers);
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

export function respondError(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  respond(request, response, { status, type: 'text/html', body: errorPage(status), headers });
}

/**
 * The same to a request whose body is not wanted. The connection ends, but not before the client had a little time to read why: closed
 * with data unread, it would only see a reset.
 */
export function respondAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { socket } = request;
  // An earlier request of the same connection waits for its answer.
  if (response.socket !== socket) {
    socket.destroy();
    return;
  }
  // The response object would close the connection at once. It has been sent nothing, and never will be.
  response.detachSocket(socket);
  endWith(socket, status, headers);
  request.resume();
  request.once('end', () => socket.destroySoon());
}

/** The last words on a connection; what the client still sends in the next moment is thrown away. */
export function endWith(socket: Socket, status: number, headers: Readonly<Record<string, string>> = {}): void {
  socket.end(errorAnswer(status, headers));
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), httpBounds.lingerMs).unref();
  socket.once('close', () => clearTimeout(timer));
}

/** An answer as bytes, where there is no response object to write it. */
function errorAnswer(status: number, headers: Readonly<Record<string, string>> = {}): string {
  const body = errorPage(status);
  const lines = Object.entries({
    ...commonHeaders,
    Date: new Date().toUTCString(),
    'Content-Type': 'text/html',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

function errorPage(status: number): string {
  return `<html>
<head><title>Error response</title></head>
<body>
<h1>Error response</h1>
<p>Error code ${status}.</p>
<p>Message: ${STATUS_CODES[status]}.</p>
</body>
</html>
`;
}
