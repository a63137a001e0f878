/**
 * Takes of LISTEN_FDS the sockets whose addresses it has in its configuration, and closes all others: a private probe among them. PUMA_INHERIT_n
 * would name the same descriptors once more, and it closes what it has not matched, so only LISTEN_FDS is given. A name (`localhost`)
 * matches no address: bind to a number. Its threads wait for the sockets in `select`, from when the app is loaded.
 */
import { profile, SIG } from './profile.ts';

export const puma = profile({
  name: 'puma',
  programs: /^puma$/,
  takes: ['listen-fds'],
  workersOptions: ['--workers', '-w'],
  signals: [
    { signal: SIG.TERM, does: 'graceful', text: '' },
    { signal: SIG.INT, does: 'graceful', text: '' },
    {
      signal: SIG.HUP,
      does: 'graceful',
      text: 'stops it, unless it writes its output to files itself (stdout_redirect)',
    },
    {
      signal: SIG.USR1,
      does: 'reload',
      with: ['--workers', '-w'],
      text: 'replaces its workers one after the other (phased restart): one less serves meanwhile',
    },
    {
      signal: SIG.USR1,
      does: 'reload',
      text: 'is a restart in one process: requests wait for as long as the app takes to start',
    },
    {
      signal: SIG.USR2,
      does: 'reload',
      text: 'starts it anew under the same pid: requests wait for as long as the app takes to start',
    },
  ],
  pidFileOptions: ['--pidfile'],
  config: { options: ['--config', '-C'], usual: 'config/puma.rb' },
  pidFileInConfig: /^\s*pidfile[\s(]+["']([^"']+)["']/m,
});
