/** Somebody who takes datagrams on a unix socket: the system log, or a service manager. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { unixAddress } from '../../src/os/datagram-sender.ts';
import { loadLibc } from '../../src/os/libc.ts';

export interface DatagramListener {
  /** What has come since the last call, in order. */
  received(): string[];
  stop(): void;
}

/** Listens from the call on. An abstract name begins with `@`. */
export function listenForDatagrams(path: string): DatagramListener {
  const loaded = loadLibc();
  assert.ok(loaded.ok);
  const { libc } = loaded;
  const fd = libc.socket(1, 2 | 0o4000, 0);
  const address = unixAddress(path);
  assert.ok(address !== null);
  assert.equal(libc.bind(fd, address, address.length), 0);
  const buffer = Buffer.alloc(65536);
  return {
    received: () => {
      const lines: string[] = [];
      for (let n = libc.read(fd, buffer, buffer.length); n >= 0; n = libc.read(fd, buffer, buffer.length)) {
        lines.push(buffer.toString('utf8', 0, n));
      }
      return lines;
    },
    stop: () => {
      libc.close(fd);
      if (!path.startsWith('@')) rmSync(path, { force: true });
    },
  };
}
