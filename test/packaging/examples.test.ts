/** What is shipped for other programs to read: the logrotate snippet with the real logrotate, the Dockerfile by its words and by running its command. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { rigFor, run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

test('after logrotate the daemon and its programs write into new files, and not a line is lost', async (t) => {
  if (!needs(t, { command: 'logrotate', apt: 'logrotate' })) return;
  const programs = `[program:web]
command=sh -c 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done'
stdout_logfile=DIR/web.log
stdout_logfile_maxbytes=0
stopasgroup=true
`;
  const rig = await rigFor(t, { programs, daemon: 'logfile_maxbytes=0' });
  const snippet = readFileSync('packaging/hupd.logrotate', 'utf8')
    .replaceAll('/var/log/hupd', rig.dir)
    .replaceAll('/run/hupd.pid', join(rig.dir, 'hupd.pid'));
  assert.ok(!snippet.includes('/var/'), 'all of it was moved here');
  const config = join(rig.dir, 'rotate.conf');
  // logrotate wants neither a configuration nor a directory that others may write to; `su` says whose the directory is.
  writeFileSync(config, snippet.replace('{', '{\n\tsu root root'));
  chmodSync(config, 0o600);
  await rig.until(() => rig.read('web.log').includes('line 20\n'), 'the program has written');
  const rotated = await run('logrotate', ['-f', '-s', join(rig.dir, 'state'), config]);
  assert.deepEqual(rotated, { status: 0, stdout: '', stderr: '' });
  await rig.logged(/supervisord logreopen/);
  await rig.until(() => rig.read('web.log') !== '' && rig.read('hupd.log') !== '', 'both write into new files');
  await rig.ctl('stop', 'web');
  const lines = `${rig.read('web.log.1')}${rig.read('web.log')}`.trim().split('\n');
  assert.deepEqual(
    lines,
    lines.map((_, index) => `line ${index + 1}`),
  );
});

const dockerfile = readFileSync('packaging/Dockerfile', 'utf8');
const instructions = dockerfile
  .replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', '')
  .trim()
  .split('\n')
  .map((line) => /^([A-Z]+) (.*)$/.exec(line)?.slice(1) ?? [line, '']);

test('the Dockerfile has instructions that there are, and copies what there is', () => {
  const known = ['FROM', 'RUN', 'COPY', 'EXPOSE', 'HEALTHCHECK', 'CMD'];
  assert.deepEqual(
    instructions.filter(([name = '']) => !known.includes(name)),
    [],
  );
  const copied = instructions.filter(([name]) => name === 'COPY').map(([, words = '']) => words.split(' ')[0] ?? '');
  assert.deepEqual(
    copied.filter((path) => !existsSync(path) && path !== 'artifacts/hupd'),
    [],
    'what is not built first is in the repository',
  );
  assert.ok(copied.includes('artifacts/hupd'));
});

test('its command, as process 1, serves gunicorn, is healthy, and leaves by TERM', async (t) => {
  if (!needs(t, { command: 'gunicorn', apt: 'gunicorn' })) return;
  if (process.geteuid?.() !== 0) return t.skip('needs root, for unshare');
  const dir = tempDir(t);
  const port = await freePort();
  const config = join(dir, 'hupd.conf');
  const text = readFileSync('packaging/container.conf', 'utf8')
    .replaceAll('0.0.0.0:8000', `127.0.0.1:${port}`)
    .replaceAll('/run/hupd.sock', `${dir}/hupd.sock`)
    .replaceAll('/srv', dir)
    .replace('[supervisord]', `[supervisord]\npidfile=${dir}/hupd.pid\nchildlogdir=${dir}`);
  writeFileSync(config, text);
  const [app = ''] = instructions.flatMap(([, words = '']) => (words.endsWith('/srv/app.py') ? words.split(' ') : []));
  copyFileSync(app, join(dir, 'app.py'));
  const inside = (name: string): string[] =>
    JSON.parse(instructions.findLast(([it]) => it === name)?.[1]?.replace(/^CMD /, '') ?? '[]');
  const [program = '', ...words] = inside('CMD').map((word) => (word === '/etc/hupd/hupd.conf' ? config : word));
  const child = spawn('unshare', ['--fork', '--pid', '--mount-proc', '--kill-child', join('bin', program), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (shown += more));
  const answers = async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => null))?.text() ?? null;
  assert.match((await until('an answer', answers, () => shown)) ?? '', /^hello from pid \d+\n$/);
  const [ctl = '', ...health] = inside('HEALTHCHECK');
  assert.equal((await run(join('bin', ctl), ['-c', config, ...health])).status, 0);
  assert.match((await run(join('bin', ctl), ['-c', config, 'pid'])).stdout, /^1\n$/);
  assert.equal((await run(join('bin', ctl), ['-c', config, 'reload', 'web'])).status, 0);
  assert.match(shown, /Booting worker/, 'what gunicorn writes is on the output');
  await run(join('bin', ctl), ['-c', config, 'shutdown']);
  const [status] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  assert.equal(status, 0, shown);
});
