/** How states look: a sign of their own, so that colour is never the only difference, and a role. */
import type { StateName } from '../core/states.ts';
import type { Role } from './frame.ts';

export interface Look {
  readonly sign: string;
  readonly role: Role;
}

export function lookOf(state: StateName): Look {
  switch (state) {
    case 'RUNNING':
      return { sign: '●', role: 'good' };
    case 'STARTING':
    case 'BACKOFF':
      return { sign: '◌', role: 'busy' };
    case 'STOPPING':
      return { sign: '◍', role: 'busy' };
    case 'STOPPED':
    case 'EXITED':
      return { sign: '○', role: 'off' };
    case 'FATAL':
    case 'UNKNOWN':
      return { sign: '✖', role: 'bad' };
  }
}
