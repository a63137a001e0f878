/** Binds by itself and takes LISTEN_FDS only with mod_systemd: its own reload is the better way. */
import { profile, SIG } from './profile.ts';

export const apache = profile({
  name: 'apache2',
  programs: /^apache2$|^httpd$/,
  signals: [
    { signal: SIG.WINCH, does: 'graceful', text: '' },
    { signal: SIG.TERM, does: 'quick', text: '' },
    { signal: SIG.USR1, does: 'reload', text: '' },
    { signal: SIG.HUP, does: 'respawn', text: 'cuts the requests that are under way; USR1 is the graceful reload' },
  ],
  daemonizes: { unless: ['-DFOREGROUND', 'FOREGROUND', '-X', 'NO_DETACH', '-DNO_DETACH'] },
});
