/** celery has many commands, of which these two run on. A worker without a socket: a new one beside the old one takes jobs from the same queue; it logs when it does. */
import { profile, SIG } from './profile.ts';

const twice = 'each job is sent twice when its time comes';

export const celery = profile({
  name: 'celery',
  programs: /^celery$/,
  word: 'worker',
  alone: { text: twice, with: ['-B', '--beat'] },
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

export const celeryBeat = profile({
  name: 'celery beat',
  programs: /^celery$/,
  word: 'beat',
  alone: { text: twice },
  signals: [{ signal: SIG.TERM, does: 'graceful', text: '' }],
  pidFileOptions: ['--pidfile'],
  daemonizes: { options: ['--detach'] },
});
