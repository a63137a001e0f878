/** Who talks to whom. The first is the truth, the others are held against it. */
import { fileURLToPath } from 'node:url';
import { type ClientKind, hupctl, supervisorctl } from './client-kind.ts';
import { daemonKind, type ServerKind, supervisord } from './server-kind.ts';

export interface Pair {
  readonly client: ClientKind;
  readonly server: ServerKind;
}

export const truth: Pair = { client: supervisorctl, server: supervisord };

const hupdEntry = fileURLToPath(new URL('../../../src/hupd.js', import.meta.url));

const hupd: ServerKind = daemonKind('hupd', [process.execPath, hupdEntry]);

export const pairs: readonly Pair[] = [
  { client: hupctl, server: supervisord },
  { client: supervisorctl, server: hupd },
  { client: hupctl, server: hupd },
];
