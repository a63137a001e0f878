/**
 * Who is meant by a signal to a whole generation. One that hupd has started leads a process group. A successor that a process makes itself stays
 * in its maker's, and is not meant when that one is.
 */
import type { Os } from '../os/os.ts';
import type { Member } from './member.ts';

/** What descends from it; null: its process group is that generation's alone. */
export function familyOf(os: Pick<Os, 'stat' | 'descendants'>, member: Member, pid: number): readonly number[] | null {
  const groupOf = (of: number) => os.stat(of)?.pgid;
  const generation = member.childOfPid(pid)?.generation ?? 0;
  const younger = [...member.children.values()].filter((child) => child.generation > generation);
  if (groupOf(pid) === pid && younger.every((child) => groupOf(child.pid) !== pid)) return null;
  const spared = new Set(younger.flatMap((child) => [child.pid, ...os.descendants(child.pid)]));
  return os.descendants(pid).filter((relative) => !spared.has(relative));
}
