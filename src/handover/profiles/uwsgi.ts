/**
 * LISTEN_FDS would add sockets of uWSGI's own protocol to those that it is configured with, and these would be bound again: address in use. What
 * it takes is its own way over an exec: UWSGI_RELOADS, and it looks through its descriptors for the addresses that it has in its
 * configuration; the others, a private probe too, it closes. Its workers have the sockets in epoll when the app is loaded.
 */
import { profile, SIG } from './profile.ts';

const dies = ['--die-on-term'];
const hooked = ['--hook-master-start'];

export const uwsgi = profile({
  name: 'uwsgi',
  programs: /^uwsgi(-core|_python\d*|_rack.*|_psgi)?$/,
  takes: ['uwsgi'],
  workersOptions: ['--processes', '--workers', '-p'],
  signals: [
    // `--hook-master-start "unix_signal:15 gracefully_kill_them_all"` is the one way to a graceful stop by a signal.
    { signal: SIG.TERM, does: 'graceful', with: hooked, text: '' },
    { signal: SIG.TERM, does: 'quick', with: dies, text: '' },
    { signal: SIG.TERM, does: 'respawn', text: 'kills its workers and starts them again, it does not stop' },
    {
      signal: SIG.QUIT,
      does: 'respawn',
      with: dies,
      text: 'kills its workers and starts them again, it does not stop',
    },
    { signal: SIG.INT, does: 'quick', text: '' },
    { signal: SIG.QUIT, does: 'quick', text: '' },
    {
      signal: SIG.HUP,
      does: 'reload',
      text: 'waits until no request is under way, then starts anew under the same pid: requests wait for as long as the app takes to start',
    },
  ],
  pauses: SIG.TSTP,
  pidFileOptions: ['--pidfile', '--pidfile2', '--safe-pidfile'],
  daemonizes: { options: ['--daemonize', '--daemonize2', '-d'] },
});
