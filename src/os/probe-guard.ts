/**
 * What keeps everybody but hupd out of a probe. Two ways, since no kernel is sure to have either; both act before the kernel answers a
 * connection request, so that the owner of the listener does not even wake up, and both leave accepted connections alone.
 *
 * By key: TCP's MD5 signatures (RFC 2385). The listener wants each segment signed with a key that only this process knows. It needs no
 * privilege, but a kernel with CONFIG_TCP_MD5SIG.
 *
 * By filter: a classic BPF program on the listener that lets in hupd's own source ports. Some kernels want CAP_NET_ADMIN for it.
 *
 *     ldh [0]                 the source port, at the start of the TCP header
 *     jeq #port, accept       one for each port
 *     ret #0
 *     accept: ret #-1
 */
import type { Libc } from './libc.ts';
import type { Fd } from './os.ts';
import { getOption, IPPROTO_TCP, loopback, SOL_SOCKET, setOption } from './socket-address.ts';

export interface ProbeGuard {
  /** Before `client`, bound to `port`, connects. */
  admit(client: Fd, port: number): void;
  dismiss(port: number): void;
  /** Nobody gets in any more. */
  seal(): void;
}

/** Puts a guard on a listener; or minus the errno, where this kernel can not. */
export type MakeGuard = (libc: Libc, listener: Fd) => ProbeGuard | number;

const TCP_MD5SIG = 14;
const TCP_MD5SIG_EXT = 32;
const MD5SIG_BYTES = 216;
const MD5SIG_FLAG_PREFIX = 1;
const KEY_BYTES = 32;

export const guardByKey: MakeGuard = (libc, listener) => {
  const key = randomKey(libc);
  if (typeof key === 'number') return key;
  const answer = demandKey(libc, listener, key);
  if (answer < 0) return answer;
  return {
    admit: (client) => {
      libc.setsockopt(client, IPPROTO_TCP, TCP_MD5SIG, md5sig(key, 0), MD5SIG_BYTES);
    },
    dismiss: () => {},
    seal: () => {
      const nobodys = randomKey(libc);
      if (typeof nobodys !== 'number') demandKey(libc, listener, nobodys);
    },
  };
};

/** Or minus the errno. Not by node's module, which every start would have to load. */
function randomKey(libc: Libc): Buffer | number {
  const key = Buffer.alloc(KEY_BYTES);
  const answer = libc.getrandom(key, KEY_BYTES, 0); // never less, up to 256 bytes
  return answer < 0 ? answer : key;
}

/** Of every peer, whatever address of this machine it comes from: that is what the prefix of no bits says. */
function demandKey(libc: Libc, listener: Fd, key: Buffer): number {
  return libc.setsockopt(listener, IPPROTO_TCP, TCP_MD5SIG_EXT, md5sig(key, MD5SIG_FLAG_PREFIX), MD5SIG_BYTES);
}

/** `struct tcp_md5sig`: the peer's address (128 bytes), flags, prefix length, key length, interface, key. */
function md5sig(key: Buffer, flags: number): Buffer {
  const memory = Buffer.alloc(MD5SIG_BYTES);
  loopback(0).copy(memory, 0);
  memory.writeUInt8(flags, 128);
  memory.writeUInt16LE(key.length, 130);
  key.copy(memory, 136);
  return memory;
}

const SO_ATTACH_FILTER = 26;
const INSTRUCTION_BYTES = 8;
const FPROG_BYTES = 16;
const LDH_ABS = 0x28;
const JEQ = 0x15;
const RET = 0x06;

export const guardByFilter: MakeGuard = (libc, listener) => {
  const ports = new Set<number>();
  let sealed = false;
  const apply = () => attachFilter(libc, listener, sealed ? [] : [...ports]);
  const answer = apply();
  if (answer < 0) return answer;
  return {
    admit: (_client, port) => {
      ports.add(port);
      apply();
    },
    dismiss: (port) => {
      ports.delete(port);
      apply();
    },
    seal: () => {
      sealed = true;
      apply();
    },
  };
};

function attachFilter(libc: Libc, fd: Fd, ports: readonly number[]): number {
  const program = [
    [LDH_ABS, 0, 0],
    ...ports.map((port, index) => [JEQ, ports.length - index, port] as const),
    [RET, 0, 0],
    [RET, 0, 0xffffffff],
  ] as const;
  // One buffer for `struct sock_fprog` and what it points at, so that both live as long as the call.
  const memory = Buffer.alloc(FPROG_BYTES + program.length * INSTRUCTION_BYTES);
  memory.writeUInt16LE(program.length, 0);
  memory.writeBigUInt64LE(libc.address(memory) + BigInt(FPROG_BYTES), 8);
  program.forEach(([code, jumpIfTrue, value], index) => {
    const at = FPROG_BYTES + index * INSTRUCTION_BYTES;
    memory.writeUInt16LE(code, at);
    memory.writeUInt8(jumpIfTrue, at + 2);
    memory.writeUInt32LE(value, at + 4);
  });
  return libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, memory, FPROG_BYTES);
}

const TCP_LINGER2 = 8;
/** Seconds in FIN-WAIT-2: an option that does nothing here, and a value that nobody sets. */
const MARK = 113;

/** So that a probe can be told from a server's own socket, by a later hupd too. */
export function markAsProbe(libc: Libc, fd: Fd): void {
  setOption(libc, fd, IPPROTO_TCP, TCP_LINGER2, MARK);
}

export function isProbe(libc: Libc, fd: Fd): boolean {
  return getOption(libc, fd, IPPROTO_TCP, TCP_LINGER2) === MARK;
}
