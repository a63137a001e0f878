/**
 * A program of one's own. It has to listen on descriptor 3 when LISTEN_FDS says so: what listens on a port by itself finds the address in use
 * beside its predecessor. Without a handler of its own TERM ends it at once.
 */
import { profile } from './profile.ts';

export const node = profile({
  name: 'node',
  programs: /^node(js)?$/,
  takes: ['listen-fds', 'server-starter', 'einhorn'],
  servesProbe: null,
  signals: [],
});
