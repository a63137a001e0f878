/**
 * Reads no variable, but `--bind fd://N` in place of an address. Its own binds are taken away: it would bind them as well. That a worker has
 * the sockets in its event loop is the sign: it puts them there when the app's startup is complete.
 */
import { profile, SIG } from './profile.ts';

export const hypercorn = profile({
  name: 'hypercorn',
  programs: /^hypercorn$/,
  takesArguments: { drops: ['--bind', '-b'], adds: ['--bind', 'fd://%(socket_fd)s'] },
  workersOptions: ['--workers', '-w'],
  signals: [
    { signal: SIG.TERM, does: 'graceful', text: '' },
    { signal: SIG.INT, does: 'graceful', text: '' },
    // 0.18 stops all workers and then starts new ones; 0.13 dies by it.
    {
      signal: SIG.HUP,
      does: 'quick',
      text: 'ends it, or from version 0.18 on stops all workers before new ones start',
    },
  ],
  gracefulTimeout: { options: ['--graceful-timeout'], usual: 3 },
});
