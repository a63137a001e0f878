/**
 * Users and their groups, asked of the C library, so that directories behind NSS (LDAP, sssd, systemd's dynamic users) count too;
 * `/etc/passwd` alone is read where the library knows nothing of the name, as in a container built from scratch, or where the library
 * can not be called.
 */
import { readFileSync } from 'node:fs';
import type { Libc } from './libc.ts';
import type { UserInfo } from './os.ts';

const MAX_GROUPS = 65536;

export function userByName(libc: Libc | null, name: string): UserInfo | null {
  return libc?.passwdByName(name) ?? passwdFile().find((user) => user.name === name) ?? null;
}

export function userById(libc: Libc | null, uid: number): UserInfo | null {
  return libc?.passwdById(uid) ?? passwdFile().find((user) => user.uid === uid) ?? null;
}

/** The primary group and every group that names the user, as `initgroups` would set them. */
export function groupsOf(libc: Libc, user: UserInfo): number[] {
  const count = Buffer.alloc(4);
  for (let room = 64; room <= MAX_GROUPS; room *= 4) {
    const groups = Buffer.alloc(room * 4);
    count.writeInt32LE(room);
    const found = libc.getgrouplist(user.name, user.gid, groups, count);
    if (found >= 0) return Array.from({ length: found }, (_, index) => groups.readUInt32LE(index * 4));
  }
  return [user.gid];
}

function passwdFile(): UserInfo[] {
  let text: string;
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return []; // a machine without the file has no users in it
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid, , home, shell] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined || name === '') return [];
    return [{ name, uid: Number(uid), gid: Number(gid), home: home ?? '', shell: shell ?? '' }];
  });
}
