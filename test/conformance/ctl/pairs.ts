/** Who talks to whom. The first is the truth, the others are held against it. */
import { type ClientKind, hupctl, supervisorctl } from './client-kind.ts';
import { type ServerKind, supervisord } from './server-kind.ts';

export interface Pair {
  readonly client: ClientKind;
  readonly server: ServerKind;
}

export const truth: Pair = { client: supervisorctl, server: supervisord };

export const pairs: readonly Pair[] = [{ client: hupctl, server: supervisord }];
