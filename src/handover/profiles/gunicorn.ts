/**
 * Takes LISTEN_FDS over its own `-b` since 19.7, and serves on every socket that it is given. Not so with USR2 afterwards: the new master
 * looks for inherited sockets under descriptor numbers that the old one has changed (20.1 and 26.1, measured).
 */
import { profile, SIG } from './profile.ts';

const blocking =
  'starts new workers and retires the old ones at once: requests wait for as long as the app takes to start, and a version that does not import ends the service';

export const gunicorn = profile({
  name: 'gunicorn',
  programs: /^gunicorn3?$|^gunicorn-[\d.]+$/,
  takes: ['listen-fds'],
  servesProbe: true,
  workersCheck: 'gunicorn-heartbeat',
  workersOptions: ['--workers', '-w'],
  signals: [
    { signal: SIG.TERM, does: 'graceful', text: '' },
    { signal: SIG.QUIT, does: 'quick', text: '' },
    { signal: SIG.INT, does: 'quick', text: '' },
    {
      signal: SIG.HUP,
      does: 'nothing',
      with: ['--preload'],
      text: 'with --preload it starts the workers again with the old code',
    },
    { signal: SIG.HUP, does: 'reload', text: blocking },
    { signal: SIG.USR2, does: 'successor', text: 'fails once it has inherited its sockets' },
    { signal: SIG.USR1, does: 'nothing', text: 'reopens its logs' },
    { signal: SIG.WINCH, does: 'nothing', text: 'is ignored in the foreground' },
  ],
  losesInherited: true,
  successorVariable: 'GUNICORN_PID',
  pidFileOptions: ['--pid', '-p'],
  config: { options: ['--config', '-c'], usual: 'gunicorn.conf.py' },
  pidFileInConfig: /^\s*pidfile\s*=\s*["']([^"']+)["']/m,
  configFacts: [
    {
      pattern: /^\s*daemon\s*=\s*True\b/m,
      found: true,
      text: 'its configuration says daemon = True: hupd loses it as soon as it starts',
      todo: 'remove that line',
    },
  ],
  daemonizes: { options: ['--daemon', '-D'] },
  bootTimeout: { options: ['--timeout', '-t'], usual: 30 },
  gracefulTimeout: { options: ['--graceful-timeout'], usual: 30 },
});
