/**
 * Serves every socket that UNICORN_FD or LISTEN_FDS names, an address that it knows already is not bound again. Not both at once: it would have
 * each socket twice. UNICORN_FD is the one that does not depend on its pid (`bundle exec`). A second one refuses to start while the pid file
 * names a living process.
 */
import { profile, SIG } from './profile.ts';

export const unicorn = profile({
  name: 'unicorn',
  programs: /^unicorn(_rails)?$/,
  takes: ['unicorn'],
  servesProbe: true,
  signals: [
    { signal: SIG.QUIT, does: 'graceful', text: '' },
    { signal: SIG.TERM, does: 'quick', text: '' },
    { signal: SIG.INT, does: 'quick', text: '' },
    {
      signal: SIG.HUP,
      does: 'reload',
      text: 'starts new workers and retires the old ones at once: requests wait for as long as the app takes to start',
    },
    { signal: SIG.USR2, does: 'successor', text: '' },
    { signal: SIG.USR1, does: 'nothing', text: 'reopens its logs' },
    { signal: SIG.WINCH, does: 'nothing', text: 'is ignored in the foreground' },
  ],
  config: { options: ['--config-file', '-c'], usual: null },
  pidFileInConfig: /^\s*pid[\s(]+["']([^"']+)["']/m,
  configFacts: [
    {
      pattern: /^\s*preload_app[\s(]+true\b/m,
      found: true,
      text: 'it loads the app before it forks (preload_app): HUP starts the workers again with the old code',
      todo: 'use reload_strategy=rolling, or preload_app false',
    },
  ],
  daemonizes: { options: ['--daemonize', '-D'] },
});
