/** Binds with SO_REUSEPORT and takes no inherited socket: generations listen side by side (landscape 3g; not in Debian, not measured). */
import { profile, SIG } from './profile.ts';

export const granian = profile({
  name: 'granian',
  programs: /^granian$/,
  workersOptions: ['--workers'],
  signals: [
    { signal: SIG.TERM, does: 'graceful', text: '' },
    { signal: SIG.INT, does: 'graceful', text: '' },
    {
      signal: SIG.HUP,
      does: 'reload',
      text: 'starts each new worker a fixed time (--respawn-interval, 3.5 s) before it stops an old one: an app that takes longer makes requests wait',
    },
  ],
});
