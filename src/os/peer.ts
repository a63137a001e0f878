/** Who is at the other end of a unix socket, as the kernel noted it when the connection was made. */
import type { Libc } from './libc.ts';
import type { Peer } from './os.ts';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;

/** null: not a unix socket, or none at all. */
export function peerOf(libc: Libc, fd: number): Peer | null {
  const credentials = Buffer.alloc(12);
  const size = Buffer.alloc(4);
  size.writeInt32LE(credentials.length);
  if (libc.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, size) < 0) return null;
  const pid = credentials.readInt32LE(0);
  // A TCP socket has the option too, and nobody in it.
  return pid === 0 ? null : { pid, uid: credentials.readUInt32LE(4) };
}
