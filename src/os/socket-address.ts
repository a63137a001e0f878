/**
 * The kernel's socket addresses (`struct sockaddr_*`) to ours and back, and the numbers of its socket calls: those of x64, arm64 and riscv64,
 * which are little-endian and alike.
 */
import type { SocketAddress } from '../core/spec.ts';
import { errnoName, type Libc } from './libc.ts';
import type { Fd } from './os.ts';
import { OsError } from './os-error.ts';

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_CLOEXEC = 0o2000000;
export const SOCK_NONBLOCK = 0o4000;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_TYPE = 3;
export const SO_REUSEPORT = 15;
export const SO_ACCEPTCONN = 30;
export const IPPROTO_TCP = 6;

const SUN_PATH_BYTES = 108;
const LARGEST_ADDRESS = 128;

/** Throws `OsError` where a path is too long or a host has no address. IPv4 comes first where a name has both, as with supervisord. */
export function encodeAddress(libc: Libc, address: SocketAddress): Buffer {
  if (address.kind === 'unix') return encodePath(address.path);
  const host = address.host.replace(/^\[(.*)\]$/, '$1');
  const found = libc.resolve(host === '' || host === '*' ? null : host, address.port);
  if ('error' in found) throw new OsError('getaddrinfo', 'ENOTFOUND', `${address.host} (${found.error})`);
  const chosen = found.addresses.find((bytes) => familyOf(bytes) === AF_INET) ?? found.addresses[0];
  if (chosen === undefined) throw new OsError('getaddrinfo', 'ENOTFOUND', address.host);
  return chosen;
}

/** 127.0.0.1 and that port. */
export function loopback(port: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set([127, 0, 0, 1], 4);
  return bytes;
}

export function familyOf(bytes: Buffer): number {
  return bytes.readUInt16LE(0);
}

/** Where a socket is bound. An abstract unix name comes with `@` for its NUL. null: a family that is none of ours. */
export function boundAddress(libc: Libc, fd: Fd): SocketAddress | null {
  const bytes = Buffer.alloc(LARGEST_ADDRESS);
  const size = int32(bytes.length);
  if (libc.getsockname(fd, bytes, size) < 0) return null;
  switch (familyOf(bytes)) {
    case AF_INET:
      return { kind: 'tcp', host: bytes.subarray(4, 8).join('.'), port: bytes.readUInt16BE(2) };
    case AF_INET6:
      return { kind: 'tcp', host: libc.ipv6Text(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2) };
    case AF_UNIX:
      return { kind: 'unix', path: decodePath(bytes.subarray(2, size.readInt32LE(0))) };
    default:
      return null;
  }
}

/** null: refused, as on a descriptor that is no socket. */
export function getOption(libc: Libc, fd: Fd, level: number, name: number): number | null {
  const value = int32(0);
  return libc.getsockopt(fd, level, name, value, int32(4)) < 0 ? null : value.readInt32LE(0);
}

/** Zero, or minus the errno. */
export function setOption(libc: Libc, fd: Fd, level: number, name: number, value: number): number {
  return libc.setsockopt(fd, level, name, int32(value), 4);
}

/** A new stream socket. Throws `OsError`. */
export function openSocket(libc: Libc, family: number, flags: number): Fd {
  const fd = libc.socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0) throw new OsError('socket', errnoName(fd), '');
  return fd;
}

export function addressText(address: SocketAddress): string {
  if (address.kind === 'unix') return address.path;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

export function int32(value: number): Buffer {
  const memory = Buffer.alloc(4);
  memory.writeInt32LE(value);
  return memory;
}

/** Throws `OsError` where it is too long. */
export function encodePath(path: string): Buffer {
  const name = Buffer.from(path);
  if (name.length >= SUN_PATH_BYTES) throw new OsError('bind', 'ENAMETOOLONG', path);
  const bytes = Buffer.concat([Buffer.alloc(2), name, Buffer.alloc(1)]);
  bytes.writeUInt16LE(AF_UNIX, 0);
  return bytes;
}

function decodePath(name: Buffer): string {
  if (name[0] === 0) return `@${name.subarray(1).toString()}`;
  const end = name.indexOf(0);
  return name.subarray(0, end < 0 ? name.length : end).toString();
}
