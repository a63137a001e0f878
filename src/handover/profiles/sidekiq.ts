/** A worker without a socket. */
import { profile, SIG } from './profile.ts';

export const sidekiq = profile({
  name: 'sidekiq',
  programs: /^sidekiq$/,
  signals: [
    { signal: SIG.TERM, does: 'graceful', text: 'gives jobs 25 s (-t), then puts them back' },
    { signal: SIG.TSTP, does: 'nothing', text: 'takes no more jobs' },
    { signal: SIG.HUP, does: 'quick', text: 'ends it' },
  ],
  gracefulTimeout: { options: ['--timeout', '-t'], usual: 25 },
});
