/** A request's body, within its bounds. */
import type { IncomingMessage } from 'node:http';
import { httpBounds } from './bounds.ts';

/** 411: without a length there is none in HTTP/1.1's terms, and supervisord says so. 413: too long. `gone`: the client left. */
export type Body = { readonly bytes: Buffer } | { readonly status: 411 | 413 } | 'gone';

export function readBody(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => receiveBody(request, resolve));
}

/** The same without a promise: `receive` is called once, with the last byte or as soon as there will be none. */
export function receiveBody(request: IncomingMessage, receive: (body: Body) => void): void {
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return receive({ status: 411 });
  if (Number(length ?? 0) > httpBounds.maxBodyBytes) return receive({ status: 413 });
  const chunks: Buffer[] = [];
  let size = 0;
  let isTold = false;
  const tell = (body: Body) => {
    if (isTold) return;
    isTold = true;
    receive(body);
  };
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > httpBounds.maxBodyBytes) {
      chunks.length = 0;
      return tell({ status: 413 });
    }
    chunks.push(chunk);
    if (size === Number(length)) tell({ bytes: joined(chunks) });
  });
  request.on('end', () => tell({ bytes: joined(chunks) }));
  request.on('close', () => tell('gone'));
}

/** Nearly every body comes in one piece. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}
