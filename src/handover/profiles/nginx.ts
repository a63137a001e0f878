/**
 * Takes the sockets that NGINX names, where its configuration has the same address; others it closes, so there is no private probe. Any
 * nginx that is started believes the variable, which is why nobody else is given it. A worker has the sockets in epoll as soon as it runs,
 * and it only runs when the configuration was good. USR2 is ignored as long as its parent is the one that started it (`the changing binary
 * signal is ignored`): in the foreground always, as a daemon never. A predecessor removes the pid file even if it is not its own.
 */
import { profile, SIG } from './profile.ts';

export const nginx = profile({
  name: 'nginx',
  programs: /^nginx$|^openresty$|^angie$/,
  takes: ['nginx'],
  signals: [
    { signal: SIG.QUIT, does: 'graceful', text: '' },
    { signal: SIG.TERM, does: 'quick', text: '' },
    { signal: SIG.INT, does: 'quick', text: '' },
    { signal: SIG.HUP, does: 'reload', text: '' },
    { signal: SIG.USR2, does: 'nothing', with: ['daemon off'], text: 'is ignored in the foreground' },
    { signal: SIG.USR2, does: 'successor', text: '' },
    { signal: SIG.USR1, does: 'nothing', text: 'reopens its logs' },
    { signal: SIG.WINCH, does: 'nothing', text: 'ends its workers and leaves the master' },
  ],
  config: { options: ['-c'], usual: '/etc/nginx/nginx.conf' },
  pidFileInConfig: /^\s*pid\s+([^;\s]+)\s*;/m,
  daemonizes: { unless: ['daemon off'] },
});
