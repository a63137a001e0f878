/** Server::Starter holds its sockets itself and starts generations by itself: HUP is its rolling reload, gated by a time (--interval). */
import { profile, SIG } from './profile.ts';

export const startServer = profile({
  name: 'start_server',
  programs: /^start_server$/,
  signals: [
    {
      signal: SIG.TERM,
      does: 'graceful',
      text: 'passes TERM on, whatever that means to its server (--signal-on-term)',
    },
    {
      signal: SIG.HUP,
      does: 'reload',
      text: 'starts a new generation and, --interval seconds later, stops the old one, ready or not',
    },
  ],
  pidFileOptions: ['--pid-file'],
  daemonizes: { options: ['--daemonize'] },
});
