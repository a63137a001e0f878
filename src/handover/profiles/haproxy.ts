/**
 * Has no variable for inherited sockets: `bind fd@3` in its configuration takes one (`fd@4` the next), with `socket=` from the first start
 * on. What it binds itself it binds with SO_REUSEPORT, so that a successor finds room beside it; connections that wait in the queue of the
 * predecessor are lost when that closes. With -W, USR2 is a reload that loses nothing. It knows no socket that is not in its
 * configuration, so no private probe; its threads have the sockets in epoll when they run.
 */
import { profile, SIG } from './profile.ts';

export const haproxy = profile({
  name: 'haproxy',
  programs: /^haproxy$/,
  signals: [
    { signal: SIG.USR1, does: 'graceful', text: '' },
    { signal: SIG.TERM, does: 'quick', text: '' },
    { signal: SIG.INT, does: 'quick', text: '' },
    { signal: SIG.USR2, does: 'reload', with: ['-W', '-Ws'], text: '' },
    { signal: SIG.HUP, does: 'reload', with: ['-W', '-Ws'], text: '' },
    { signal: SIG.HUP, does: 'nothing', text: 'only writes its servers into its log; a reload needs -W' },
    { signal: SIG.USR2, does: 'nothing', text: 'is a reload only with -W' },
  ],
  pidFileOptions: ['-p'],
  daemonizes: { options: ['-D'] },
});
