/** The descriptors of another process, from `/proc`; it needs ptrace rights over the process. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ForeignDescriptor {
  readonly fd: number;
  /** As the kernel names it: `pipe:[4711]`, `socket:[4712]`, or a path. */
  readonly target: string;
  readonly access: 'read' | 'write' | 'both';
}

/** Empty where the process is gone or may not be looked at. */
export function listDescriptors(pid: number): readonly ForeignDescriptor[] {
  const found: ForeignDescriptor[] = [];
  try {
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      const descriptor = describe(pid, Number(name));
      if (descriptor !== null) found.push(descriptor);
    }
  } catch {
    // gone, or not ours to see
  }
  return found;
}

const accesses = ['read', 'write', 'both'] as const; // O_RDONLY, O_WRONLY, O_RDWR

function describe(pid: number, fd: number): ForeignDescriptor | null {
  try {
    const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0';
    return { fd, target, access: accesses[Number.parseInt(flags, 8) & 3] ?? 'both' };
  } catch {
    return null; // closed in the meantime
  }
}
