/**
 * Wanted differences in logs and events, seen on both servers: a row fails when the difference is gone, on whichever side. Real supervisord and
 * hupd run the same configuration, each in a directory of its own.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProcessInfo } from '../../../src/core/describe.ts';
import { freePort } from '../../support/gunicorn.ts';
import { needs } from '../../support/needs.ts';
import { deviations } from '../deviations.ts';
import { hupd, type Server, type ServerKind, startServer, supervisord } from './server.ts';

/** What is seen of each difference under supervisord, and under hupd. */
const rows: Readonly<Record<string, readonly [supervisord: unknown, hupd: unknown]>> = {
  'log-append': [60, 10],
  'log-special-target': [2, 0],
  'log-own-stdout': ['FATAL', 'RUNNING'],
  'log-trouble': [3, 1],
  'log-clear-stopped': [5, 0],
  'auto-log-mode': [false, true],
  'auto-log-clean-up': [false, true],
  'strip-ansi-chunks': ['a1mred\n', 'ared\n'],
  'capture-short-output': ['', 'hi\n'],
  'event-rejected-pool': [true, false],
  'event-subscribed-twice': [3, 2],
  'event-empty-result': [false, true],
  'event-result-bounds': [false, true],
  'event-last-words': [false, true],
  'fcgi-socket-error': ['ended', 'up'],
};

const steps = (name: string, options: string, ...texts: readonly string[]): string => `
[program:${name}]
command=/usr/bin/python3 -S LISTENERS/steps.py DIR/${name} ${texts.map((text) => `'${text}'`).join(' ')}
stdout_logfile=DIR/${name}.log
stderr_logfile=DIR/${name}.steps
startsecs=0
startretries=0
autorestart=false
${options}
`;

/** The numbers are priorities: supervisord gives a rejected event to every pool of equal priority. */
const moody = (name: string, priority: number, mood: string, events: string): string => `
[eventlistener:${name}]
command=/usr/bin/python3 -S LISTENERS/moody.py DIR/${name}.seen ${mood}
events=${events}
stdout_logfile=DIR/${name}.log
priority=${priority}
startsecs=0
buffer_size=1000
`;

const config = [
  steps(
    'append',
    'stdout_logfile_maxbytes=100\nstdout_logfile_backups=1',
    'x'.repeat(200),
    'y'.repeat(50),
    'z'.repeat(10),
  ),
  steps('fifo', 'stdout_logfile=DIR/fifo', 'one\\n', 'two\\n').replace('stdout_logfile=DIR/fifo.log\n', ''),
  steps('own', 'stdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0', '').replace('stdout_logfile=DIR/own.log\n', ''),
  steps('full', 'stdout_logfile=/dev/full\nstdout_logfile_maxbytes=0', 'a', 'b', 'c').replace(
    'stdout_logfile=DIR/full.log\n',
    '',
  ),
  steps('stopped', '', 'text\\n'),
  steps('auto', 'stdout_logfile=AUTO', '').replace('stdout_logfile=DIR/auto.log\n', ''),
  steps('ansi', '', 'a\\x1b[3', '1mred\\n'),
  steps('captured', 'stdout_capture_maxbytes=1KB', 'hi\\n'),
  steps('late', 'autostart=false', ''),
  steps('later', 'autostart=false', ''),
  moody('rejecter', 1, 'fail', 'REMOTE_COMMUNICATION'),
  moody('bystander', 1, 'slow', 'PROCESS_GROUP_REMOVED'),
  moody('twice', 2, 'slow', 'PROCESS_GROUP_REMOVED,PROCESS_GROUP'),
  moody('empty', 3, 'empty', 'REMOTE_COMMUNICATION'),
  moody('negative', 4, 'negative', 'REMOTE_COMMUNICATION'),
  moody('mourner', 5, 'late', 'PROCESS_STATE_STOPPED'),
].join('');

function prepare(dir: string): void {
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  writeFileSync(join(dir, 'x-stdout---supervisor-abcdefgh.log.bak'), '');
}

/** Everything there is to see, by row. */
async function observe(kind: ServerKind): Promise<Record<string, unknown>> {
  let fifo = -1;
  const server = await startServer(kind, config, {
    daemon: 'strip_ansi=true\numask=022',
    prepare: (dir) => {
      prepare(dir);
      fifo = openSync(join(dir, 'fifo'), constants.O_RDONLY | constants.O_NONBLOCK);
    },
  });
  try {
    const seen = { ...(await observeLogs(server, fifo)), ...(await observeEvents(server)) };
    await server.stop();
    return { ...seen, 'event-last-words': server.read('mourner.seen').includes('processname:append ') };
  } finally {
    await server.stop();
    closeSync(fifo);
    server.remove();
  }
}

/** Lets a program take its n-th step; resolves when the server has read what it wrote, and has gone round once more. */
async function step(server: Server, name: string, n: number): Promise<void> {
  server.write(`${name}.${n}`, '');
  await server.until(`step ${n} of ${name}`, () => server.read(`${name}.steps`).includes(`step ${n}\n`));
  await server.call('supervisor.getState');
  await server.call('supervisor.getState');
}

const info = async (server: Server, name: string): Promise<ProcessInfo> =>
  (await server.call('supervisor.getProcessInfo', name)) as unknown as ProcessInfo;

async function observeLogs(server: Server, fifo: number): Promise<Record<string, unknown>> {
  const path = (name: string) => join(server.dir, name);
  await step(server, 'append', 1);
  await step(server, 'append', 2);
  truncateSync(path('append.log'));
  await step(server, 'append', 3);
  for (const n of [1, 2]) await step(server, 'fifo', n);
  for (const n of [1, 2, 3]) await step(server, 'full', n);
  for (const n of [1, 2]) await step(server, 'ansi', n);
  for (const name of ['stopped', 'captured']) await step(server, name, 1);
  await server.call('supervisor.stopProcess', 'stopped');
  await server.call('supervisor.clearProcessLogs', 'stopped');
  await server.call('supervisor.clearProcessLogs', 'auto');
  const buffer = Buffer.alloc(1000);
  assert.equal(buffer.toString('utf8', 0, readSync(fifo, buffer)), 'one\ntwo\n');
  return {
    'log-append': statSync(path('append.log')).size,
    'log-special-target': server.output.match(/uncaptured python exception/g)?.length ?? 0,
    'log-own-stdout': (await info(server, 'own')).statename,
    'log-trouble': server.output.match(/Traceback|cannot write log \/dev\/full/g)?.length,
    'log-clear-stopped': statSync(path('stopped.log')).size,
    'auto-log-mode': (statSync((await info(server, 'auto')).stdout_logfile).mode & 0o077) === 0,
    'auto-log-clean-up': existsSync(path('x-stdout---supervisor-abcdefgh.log.bak')),
    'strip-ansi-chunks': server.read('ansi.log'),
    'capture-short-output': server.read('captured.log'),
  };
}

async function observeEvents(server: Server): Promise<Record<string, unknown>> {
  const count = (name: string, text: string) => server.read(`${name}.seen`).split(text).length - 1;
  await server.call('supervisor.sendRemoteCommEvent', 'note', 'x');
  await server.until('the event to be rejected once', () => count('rejecter', 'type:note') === 2);
  for (const [name, line] of [
    ['empty', 'RESULT 0\n'],
    ['negative', 'RESULT -1\n'],
  ] as const) {
    await server.until(`${name} to have answered`, () => server.read(`${name}.log`).includes(line));
  }
  // What comes later has been seen: so would have been what came earlier.
  for (const group of ['late', 'later']) await server.call('supervisor.removeProcessGroup', group);
  for (const name of ['twice', 'bystander']) {
    // The first one in `twice` is of the group's addition.
    const before = name === 'twice' ? 1 : 0;
    await server.until(`${name} to have seen the second removal`, () => count(name, 'groupname:later|') > before);
  }
  const observed = {
    'event-rejected-pool': count('bystander', 'type:note') > 0,
    'event-subscribed-twice': count('twice', 'groupname:late|'),
    'event-empty-result': server.output.includes('empty: event was rejected'),
    'event-result-bounds': server.output.includes("negative: bad result line: 'RESULT -1'"),
  };
  // All but one of the programs are stopped before the shutdown, so that the mourner has only one event then.
  const programs = ['fifo', 'own', 'full', 'auto', 'ansi', 'captured'];
  for (const name of programs) await server.client.stopProcess(name);
  await server.until('all stops to have been noted', () =>
    programs.every((name) => name === 'own' || count('mourner', `processname:${name} `) > 0),
  );
  return observed;
}

async function observeFcgi(kind: ServerKind): Promise<Record<string, unknown>> {
  const port = await freePort();
  const squatter = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve) => squatter.on('listening', resolve));
  try {
    const server = await startServer(kind, `[fcgi-program:app]\nsocket=tcp://127.0.0.1:${port}\ncommand=/bin/cat\n`);
    await server.stop();
    server.remove();
    return { 'fcgi-socket-error': 'up' };
  } catch (error) {
    assert.match(String(error), /has ended/);
    return { 'fcgi-socket-error': 'ended' };
  } finally {
    squatter.close();
  }
}

test('what is wanted to differ in logs and events differs, and each difference is in the table', async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
  const kinds = [supervisord, hupd];
  const seen = await Promise.all(
    kinds.map(async (kind) => ({ ...(await observe(kind)), ...(await observeFcgi(kind)) })),
  );
  const pick = (side: 0 | 1) => Object.fromEntries(Object.entries(rows).map(([id, row]) => [id, row[side]]));
  assert.deepEqual(seen[0], pick(0), 'supervisord');
  assert.deepEqual(seen[1], pick(1), 'hupd');
  for (const id of Object.keys(rows))
    assert.ok(
      deviations.some((row) => row.id === id),
      id,
    );
});
