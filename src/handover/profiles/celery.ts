/** A worker without a socket: a new one beside the old one takes jobs from the same queue; it logs when it does. */
import { profile, SIG } from './profile.ts';

export const celery = profile({
  name: 'celery',
  programs: /^celery$/,
  readyLine: '@\\S+ ready\\.',
  signals: [
    { signal: SIG.TERM, does: 'graceful', text: 'waits for the jobs under way' },
    { signal: SIG.INT, does: 'graceful', text: 'waits for the jobs under way' },
    { signal: SIG.QUIT, does: 'quick', text: 'leaves the jobs under way' },
    { signal: SIG.HUP, does: 'reload', text: 'starts it anew; its authors advise against it' },
  ],
  pidFileOptions: ['--pidfile'],
  daemonizes: { options: ['--detach', '-D'] },
});
