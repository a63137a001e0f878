/** A request's body, within its bounds. */
import type { IncomingMessage } from 'node:http';
import { httpBounds } from './bounds.ts';

/** 411: without a length there is none in HTTP/1.1's terms, and supervisord says so. 413: too long. `gone`: the client left. */
export type Body = { readonly bytes: Buffer } | { readonly status: 411 | 413 } | 'gone';

export async function readBody(request: IncomingMessage): Promise<Body> {
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return { status: 411 };
  if (Number(length ?? 0) > httpBounds.maxBodyBytes) return { status: 413 };
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= httpBounds.maxBodyBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve({ status: 413 });
    });
    request.on('end', () => resolve({ bytes: joined(chunks) }));
    request.on('close', () => resolve('gone'));
  });
}

/** Nearly every body comes in one piece. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}
