/**
 * Reads no variable, but takes a listening socket as `--fd N`, before `--uds` and `--host` (which binds a socket of its own in some versions, so
 * `--uds` is taken away). One socket, so there is none left for a private probe; that it has the socket in its event loop is the sign: it
 * puts it there when the app's startup is complete.
 */
import { profile, SIG } from './profile.ts';

export const uvicorn = profile({
  name: 'uvicorn',
  programs: /^uvicorn$/,
  takesOne: true,
  takesArguments: { drops: ['--uds', '--host', '--port'], adds: ['--fd', '%(socket_fd)s'] },
  workersOptions: ['--workers'],
  signals: [
    { signal: SIG.TERM, does: 'graceful', text: '' },
    { signal: SIG.INT, does: 'graceful', text: '' },
    // Of several processes the versions before 0.30 died by it as well; from 0.51 on it replaces them one by one.
    { signal: SIG.HUP, does: 'reload', with: ['--workers'], text: 'is a reload only from version 0.30 on' },
    { signal: SIG.HUP, does: 'quick', text: 'ends a uvicorn of one process' },
  ],
});
