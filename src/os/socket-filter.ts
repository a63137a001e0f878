/**
 * The guard of a probe: a classic BPF program on its listener that lets in connections from given source ports only. The kernel runs it
 * before it answers a connection request, so that the owner of the listener does not even wake up.
 *
 *     ld  #mark               so that a probe can be told from a server's own socket, after a restart of hupd too
 *     ldh [0]                 the source port, at the start of the TCP header
 *     jeq #port, accept       one for each port
 *     ret #0
 *     accept: ret #-1
 */
import type { Libc } from './libc.ts';
import type { Fd } from './os.ts';
import { int32, SOL_SOCKET } from './socket-address.ts';

const SO_ATTACH_FILTER = 26;
const SO_GET_FILTER = 26;
const MARK = 0x68757064; // "hupd"
const INSTRUCTION_BYTES = 8;
const FPROG_BYTES = 16;
const LD_IMM = 0x00;
const LDH_ABS = 0x28;
const JEQ = 0x15;
const RET = 0x06;
/** A jump spans 255 instructions. */
export const MAX_PORTS = 200;

/** From here on only connections from these ports get in; none at all when there is no port. Zero, or minus the errno. */
export function admitOnly(libc: Libc, fd: Fd, ports: readonly number[]): number {
  const program = [
    [LD_IMM, 0, MARK],
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

/** Whether the socket carries a filter of ours. */
export function isProbe(libc: Libc, fd: Fd): boolean {
  const count = int32(0);
  if (libc.getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, null, count) < 0) return false;
  const instructions = count.readInt32LE(0);
  if (instructions === 0) return false;
  const program = Buffer.alloc(instructions * INSTRUCTION_BYTES);
  if (libc.getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, program, count) < 0) return false;
  return program.readUInt16LE(0) === LD_IMM && program.readUInt32LE(4) === MARK;
}
