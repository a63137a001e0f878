import type { ServerProfile } from './profile.ts';

/** Takes LISTEN_FDS over `-b` since 19.7; a second one refuses to start while `--pid FILE` names a living pid. */
export const gunicorn: ServerProfile = {
  name: 'gunicorn',
  programs: /^gunicorn3?$|^gunicorn-[\d.]+$/,
  pidFileOptions: ['--pid', '-p'],
  workersCheck: 'gunicorn-heartbeat',
  workersOptions: ['--workers', '-w'],
};
