/**
 * Which of supervisord's pipes is which child's. A pipe has one number at both ends: the child's descriptors 0, 1 and 2 name it, or those of
 * its descendants where the child itself has sent its output elsewhere. Who has a pipe open shows it in `/proc` as a file, which can be opened
 * a second time from there, for the other end as well.
 */
import type { ForeignDescriptor } from '../os/foreign-descriptors.ts';

/** For each of a child's pipes the file by which it can be opened; null: nobody has it any more. */
export interface PipeFiles {
  readonly stdin: string | null;
  readonly stdout: string | null;
  readonly stderr: string | null;
}

export interface Relative {
  readonly pid: number;
  readonly descriptors: readonly ForeignDescriptor[];
}

/** `family`: the child, then its descendants. */
export function pipesOf(daemon: readonly ForeignDescriptor[], family: readonly Relative[]): PipeFiles {
  const targets = new Map<string, string>();
  const file = (childFd: number, access: 'read' | 'write'): string | null => {
    for (const { pid, descriptors } of family) {
      const target = descriptors.find(({ fd }) => fd === childFd)?.target ?? '';
      if (!target.startsWith('pipe:') || targets.has(target)) continue;
      if (!daemon.some((descriptor) => descriptor.target === target && descriptor.access === access)) continue;
      const found = `/proc/${pid}/fd/${childFd}`;
      targets.set(target, found);
      return found;
    }
    return null;
  };
  return { stdin: file(0, 'write'), stdout: file(1, 'read'), stderr: file(2, 'read') };
}
