/**
 * Serves every socket of SERVER_STARTER_PORT, a private probe too; it needs Net::Server::SS::PreFork for that (libnet-server-ss-prefork-perl). One
 * that has bound its sockets itself calls shutdown(2) on them when it stops, which ends them for everybody who holds them: its successor
 * as well. So hupd has to hold the socket from the first start on.
 */
import { profile, SIG } from './profile.ts';

export const starman = profile({
  name: 'starman',
  programs: /^starman$/,
  takes: ['server-starter'],
  servesProbe: true,
  workersOptions: ['--workers'],
  signals: [
    { signal: SIG.QUIT, does: 'graceful', text: '' },
    { signal: SIG.TERM, does: 'quick', text: '' },
    { signal: SIG.INT, does: 'quick', text: '' },
    {
      signal: SIG.HUP,
      does: 'reload',
      text: 'starts its workers again; with an inherited socket it is ignored',
    },
  ],
  pidFileOptions: ['--pid'],
  daemonizes: { options: ['--daemonize', '-D'] },
  shutsSocketsDown: true,
});
