/** What a process waits for in the kernel, from `/proc/PID/syscall` (it needs ptrace rights): the number of its system call, which differs per architecture. */
import { readFileSync } from 'node:fs';

type Waits = 'poll' | 'read';

/** poll, select, epoll_wait, pselect6, ppoll, epoll_pwait; read. */
const numbers: Readonly<Record<string, Readonly<Record<Waits, readonly number[]>>>> = {
  x64: { poll: [7, 23, 232, 270, 271, 281], read: [0] },
  arm64: { poll: [22, 72, 73], read: [63] },
  riscv64: { poll: [22, 72, 73], read: [63] },
};

/** `fd`: the first argument; of `poll` it says nothing. null: it waits for something else, runs, or may not be looked at. */
export function blockedIn(pid: number): { readonly waits: Waits; readonly fd: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/syscall`, 'latin1');
  } catch {
    return null;
  }
  const [number, first] = text.split(' ');
  const known = numbers[process.arch];
  if (known === undefined || number === undefined) return null;
  const waits = (['poll', 'read'] as const).find((kind) => known[kind].includes(Number(number)));
  return waits === undefined ? null : { waits, fd: Number(first) };
}
