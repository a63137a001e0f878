import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { convertProcfile } from '../../src/convert/procfile.ts';
import { splitCommand } from '../../src/core/shell-words.ts';
import type { ProcessSpec } from '../../src/core/spec.ts';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { rigFor, run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { load, render, surroundings } from './loaded.ts';

const defaults = { file: '/srv/app/Procfile', formation: new Map(), port: 5000, user: null, group: null };

test('a command goes without a shell where that makes no difference, and is exec of one where it does', (t) => {
  const text = `# a comment
web: bundle exec puma -C config/puma.rb
api:   gunicorn -b :$PORT app:app
job: cd jobs && ./run '100%' > log ; echo done
one: RAILS_ENV=x rake

not a line
`;
  const commands = load(t, render(convertProcfile({ ...defaults, text }, surroundings()))).map((spec) => [
    spec.name,
    splitCommand(spec.command),
  ]);
  assert.deepEqual(Object.fromEntries(commands), {
    web: ['bundle', 'exec', 'puma', '-C', 'config/puma.rb'],
    api: ['/bin/sh', '-c', 'exec gunicorn -b :$PORT app:app'],
    job: ['/bin/sh', '-c', "cd jobs && ./run '100%' > log ; echo done"],
    one: ['/bin/sh', '-c', 'RAILS_ENV=x rake'],
  });
});

test('what is no Procfile, and a formation of what is not in it, are refused', () => {
  const refused = (text: string, formation = new Map<string, number>()) =>
    convertProcfile({ ...defaults, text, formation }, surroundings());
  assert.match(JSON.stringify(refused('hello\n')), /is it a Procfile/);
  assert.match(JSON.stringify(refused('web: a\nworker: b\n', new Map([['wep', 2]]))), /names wep.*web, worker/);
});

/** By the port, which tells processes apart: what foreman and we must agree on. */
const facts = (specs: readonly ProcessSpec[]) =>
  Object.fromEntries(
    specs.map(({ environment, directory, autorestart, uid, command }) => {
      const variables = new Map(environment);
      const words = splitCommand(command);
      const shell = 'error' in words ? '' : words[0] === '/bin/sh' ? (words[2] ?? '') : words.join(' ');
      const { PORT = '', ...others } = Object.fromEntries(variables);
      return [PORT, { others, directory, autorestart, uid, command: shell.replace(/^exec /, '') }];
    }),
  );

test("instances, ports, variables, directory and user are those of foreman's export to supervisord", async (t) => {
  if (!needs(t, { command: 'foreman', apt: 'ruby-foreman' })) return;
  const dir = tempDir(t);
  const text = 'web: python3 app.py -p $PORT\nworker: ./worker --queue a\nclock: ./clock\n';
  writeFileSync(join(dir, 'Procfile'), text);
  writeFileSync(join(dir, '.env'), 'A=1\nB="two words"\n# no\nC=\'x\'\n');
  mkdirSync(join(dir, 'out'));
  const formation = 'web=3,worker=2,clock=1';
  const exported = await run(
    'foreman',
    [
      'export',
      'supervisord',
      'out',
      '-f',
      join(dir, 'Procfile'),
      '-m',
      formation,
      '-u',
      'nobody',
      '-l',
      dir,
      '-a',
      'app',
    ],
    { cwd: dir, env: { ...process.env, HOME: dir } },
  );
  assert.equal(exported.status, 0, exported.stderr);
  const [theirs = ''] = readdirSync(join(dir, 'out'));
  const ours = await run('bin/hupctl', [
    ...['import', join(dir, 'Procfile'), '--formation', formation, '--user', 'nobody', '--group', 'app'],
  ]);
  assert.equal(ours.status, 0, ours.stderr);
  const head = '[supervisord]\n';
  const foreman = facts(load(t, head + readFileSync(join(dir, 'out', theirs), 'utf8')));
  // It escapes for a shell, which supervisord is not: the variable would have a backslash in it.
  for (const process of Object.values(foreman)) process.others.B = process.others.B?.replaceAll('\\', '') ?? '';
  assert.deepEqual(facts(load(t, ours.stdout)), foreman);
});

test('an imported Procfile runs: each process has its port, and says so there', async (t) => {
  const base = await freePort();
  const dir = tempDir(t);
  writeFileSync(join(dir, 'Procfile'), `web: echo "$GREETING from $PORT" >> ran.$PORT; exec sleep 1000\n`);
  writeFileSync(join(dir, '.env'), 'GREETING="hello; #1 \'you\' and \\"me\\""\n');
  const { stdout, status } = await run('bin/hupctl', [
    ...['import', '--formation=web=2', '--port', String(base), join(dir, 'Procfile')],
  ]);
  assert.equal(status, 0);
  const rig = await rigFor(t, { programs: stdout.replace('[supervisord]', '') });
  for (const port of [base, base + 1]) {
    const file = join(dir, `ran.${port}`);
    await rig.until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'), `${file} is written`);
    assert.equal(readFileSync(file, 'utf8'), `hello; #1 'you' and "me" from ${port}\n`);
  }
  assert.match((await rig.ctl('status')).stdout, new RegExp(`web:web_${base} +(RUNNING|STARTING)`));
});
