/** Takes a listening socket as `--fd N`; whatever else it is told to listen on it would bind as well. */
import { profile, SIG } from './profile.ts';

export const daphne = profile({
  name: 'daphne',
  programs: /^daphne$/,
  takesOne: true,
  takesArguments: { drops: ['--bind', '-b', '--port', '-p', '--unix-socket', '-u'], adds: ['--fd', '%(socket_fd)s'] },
  signals: [
    { signal: SIG.TERM, does: 'quick', text: 'closes the connections that it has' },
    { signal: SIG.INT, does: 'quick', text: '' },
  ],
});
