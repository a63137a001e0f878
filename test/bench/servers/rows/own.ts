/** Programs of one's own: a Node server, one that makes its own successor on USR2, a worker that takes jobs and has no socket. */
import { readFileSync } from 'node:fs';
import { startJobs } from '../jobs.ts';
import { bootSecs, type ServerRow } from '../row.ts';

const restarts = 'between stop and start nobody listens';
const source = (name: string) => readFileSync(`test/bench/servers/puppets/${name}`, 'utf8');
const own = (name: string, version: string) => ({
  [name]: source(name),
  version,
  boot: `${bootSecs}`,
});
const dies = (name: string) => ({ [name]: 'throw new Error("no such feature");\n' });

export const node: ServerRow = {
  name: 'Node http',
  needs: [],
  says: [process.execPath, '--version'],
  program: ({ port }) => `command=${process.execPath} server.mjs\nenvironment=PORT="${port}"`,
  files: (version) => own('server.mjs', version),
  broken: () => dies('server.mjs'),
  why: { hup: 'HUP ends a program that has no handler for it', restart: restarts },
};

/** Nothing is handed to it: it hands its socket over itself. */
const tableflip: ServerRow = {
  ...node,
  name: 'USR2 makes its own successor (as tableflip)',
  lines: { rolling: () => 'reload_handover=signal\nreload_signal=USR2' },
  why: { hup: 'HUP ends a program that has no handler for it: its signal is USR2', restart: restarts },
};

const worker: ServerRow = {
  name: 'queue worker (jobs)',
  needs: [{ command: '/usr/bin/python3', apt: 'python3-minimal' }],
  says: ['/usr/bin/python3', '--version'],
  program: () => 'command=/usr/bin/python3 worker.py\nready_check=log:^ready',
  files: (version) => own('worker.py', version),
  broken: () => ({ 'worker.py': 'raise RuntimeError("no such feature")\n' }),
  traffic: startJobs,
  why: {
    hup: 'HUP ends a program that has no handler for it, with the job that it has',
    restart: 'jobs wait for as long as the worker takes to load',
  },
};

export const ownRows: readonly ServerRow[] = [node, tableflip, worker];
