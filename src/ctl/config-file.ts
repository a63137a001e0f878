/** The `[supervisorctl]` section of a file. Apart, because a command line without one need not load what reads it. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { loadCtlConfig, localUsers } from '../config/load.ts';

export function loadFile(file: string, cwd: string): ReturnType<typeof loadCtlConfig> {
  return loadCtlConfig({
    file: resolve(cwd, file),
    shownAs: file,
    environment: process.env,
    hostName: hostname(),
    cwd,
    users: localUsers,
  });
}
