/** One process as it can be seen from outside: for those that a program starts itself and that may become the program. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { errnoOf } from './libc.ts';
import type { ProcessLook } from './os.ts';
import { readStat } from './process-table.ts';

/** null: it has gone. What may not be looked at is empty. */
export function lookAt(pid: number): ProcessLook | null {
  const stat = readStat(pid);
  if (stat === null) return null;
  const environment = new Map<string, string>();
  for (const entry of strings(pid, 'environ')) {
    const at = entry.indexOf('=');
    if (at > 0) environment.set(entry.slice(0, at), entry.slice(at + 1));
  }
  return {
    ...stat,
    pid,
    program: seen(() => readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')) ?? '',
    words: strings(pid, 'cmdline'),
    environment,
    // Addresses that the kernel chooses anew at each exec; a fork has its parent's.
    image: seen(() => readFileSync(`/proc/${pid}/auxv`).toString('base64')) ?? '',
    files: filesOf(pid),
  };
}

function strings(pid: number, file: 'cmdline' | 'environ'): string[] {
  const text = seen(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')) ?? '';
  return text === '' ? [] : text.replace(/\0$/, '').split('\0');
}

function filesOf(pid: number): ReadonlySet<string> {
  const names = seen(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return new Set(names.flatMap((name) => seen(() => readlinkSync(`/proc/${pid}/fd/${name}`)) ?? []));
}

/** null: gone in the meantime, or not ours to look at. */
function seen<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error))) return null;
    throw error;
  }
}
