/**
 * Python's supervisorctl asks for the log of a process with a name like `café` by the raw bytes of its name, and Node's parser refuses every byte
 * above 0x7f in a URL. So the first request line of a connection is seen here before the parser sees it, and such bytes are percent-encoded.
 * Later requests of the same connection go straight to the parser: supervisorctl makes a connection for each log.
 */
import type { Socket } from 'node:net';
import type { HttpBounds } from './bounds.ts';
import { endWith } from './respond.ts';

/** Calls `proceed` once, with the socket as it came but for that line. */
export function encodeFirstLine(socket: Socket, bounds: HttpBounds, proceed: () => void): void {
  let received: Buffer = Buffer.alloc(0);
  let deadline: NodeJS.Timeout | null = null;
  const giveUp = (): void => endWith(socket, 408);
  const forget = (): void => {
    if (deadline !== null) clearTimeout(deadline);
    socket.off('data', onData).off('end', giveUp).off('close', forget);
  };
  const onData = (chunk: Buffer): void => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    deadline ??= setTimeout(giveUp, bounds.headersMs).unref();
    const end = endOfFirstLine(received);
    if (end < 0 && received.length <= bounds.maxHeaderBytes) return;
    forget();
    socket.pause();
    socket.unshift(encodeHighBytes(received, end < 0 ? received.length : end));
    proceed();
    process.nextTick(() => socket.resume());
  };
  socket.on('data', onData).on('end', giveUp).on('close', forget);
}

/** Blank lines before a request are ignored. -1: there is no whole line yet. */
function endOfFirstLine(bytes: Buffer): number {
  let start = 0;
  while (bytes[start] === 0x0d || bytes[start] === 0x0a) start++;
  return bytes.indexOf(0x0a, start);
}

/** Percent-encodes what is not ASCII before `end`. */
export function encodeHighBytes(bytes: Buffer, end: number): Buffer {
  const line = bytes.subarray(0, end);
  if (!line.some((byte) => byte >= 0x80)) return bytes;
  const encoded = Array.from(line, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`,
  ).join('');
  return Buffer.concat([Buffer.from(encoded, 'latin1'), bytes.subarray(end)]);
}
