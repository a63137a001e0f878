/**
 * What README, man pages and help texts tell people to type: found by looking for commands, not by a list. Each is one that the programs take; those
 * of "From supervisord in five minutes" are pasted one after the other, against a real supervisord's set-up.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseDaemonFlags } from '../../src/config/daemon-flags.ts';
import { hupdCommands, supervisorCommands } from '../../src/ctl/command-names.ts';
import { findCommand } from '../../src/ctl/command-table.ts';
import { parseLine } from '../../src/ctl/ctl.ts';
import { parseOptions } from '../../src/ctl/options.ts';
import { usageText } from '../../src/ctl/usage.ts';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { told } from './told.ts';

const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;

async function whatIsWrong(command: string): Promise<string | null> {
  const [program = '', ...words] = command.replaceAll("'", '').split(/\s+/);
  switch (program.replace('bin/', '')) {
    case 'npm': {
      const name =
        words[0] === 'run' ? (words.find((word) => word !== 'run' && word !== '-s') ?? '') : (words[0] ?? '');
      const isScript = words[0] === 'run' || name === 'start' || name === 'test';
      return isScript ? (name in scripts ? null : `package.json has no script ${name}`) : isNpms(name);
    }
    case 'node':
      return readdirSync('scripts').includes((words[0] ?? '').replace('scripts/', '')) ? null : 'no such script';
    case 'hupd':
    case 'supervisord': {
      if (words[0] === 'ctl') return whatIsWrong(['hupctl', ...words.slice(1)].join(' '));
      const parsed = parseDaemonFlags(words, program);
      return parsed.kind === 'error' ? parsed.message : null;
    }
    default: {
      const parsed = await parseOptions(
        words.filter((word) => word !== '...'),
        program,
      );
      if (parsed.kind === 'usage-error') return /can't find|could not find/i.test(parsed.text) ? null : parsed.text;
      if (parsed.kind !== 'run') return null;
      const line = parseLine(parsed.options.args.join(' '));
      return line === null ? null : flagsOf(line.name, line.arg);
    }
  }
}

const isNpms = (name: string) => (['ci', 'install', 'pack'].includes(name) ? null : `npm ${name} is not used here`);

/** Its help, or that of hupctl itself, names each flag that it is given. */
async function flagsOf(name: string, arg: string): Promise<string | null> {
  const command = await findCommand(name);
  if (command === null) return `hupctl has no command ${name}`;
  const help = `${command.help.join('\n')}${usageText('hupctl')}`;
  const unknown = arg.split(/\s+/).filter((word) => /^--?[a-z]/.test(word) && !help.includes(word));
  return unknown.length === 0 ? null : `help ${name} does not know ${unknown.join(', ')}`;
}

test('every command line in README, CONTRIBUTING and the man pages is one that its program takes', async () => {
  assert.ok(told.length > 25, `${told.length} command lines were found`);
  const wrong: string[] = [];
  for (const { where, command } of told) {
    const why = await whatIsWrong(command);
    if (why !== null) wrong.push(`${where}: ${command}: ${why}`);
  }
  assert.deepEqual(wrong, []);
});

test('every command has a help of its own name, and every flag in it is in hupctl(1)', async () => {
  const page = readFileSync('man/hupctl.1', 'utf8');
  for (const name of [...supervisorCommands, ...hupdCommands]) {
    const command = await findCommand(name);
    assert.ok(command !== null && command.help.length > 0, name);
    // What has no tab is a remark.
    for (const usage of command.help.filter((line) => line.includes('\t'))) {
      const [syntax = ''] = usage.split('\t');
      assert.ok(syntax.startsWith(name) || name === 'tui', usage);
      for (const [, flag = ''] of syntax.matchAll(/(?<![\w-])-(-?[a-z][\w-]*)/g)) {
        assert.ok(new RegExp(`Fl ${flag}(?![\\w-])`).test(page), `${name} ${flag} is not in hupctl(1)`);
      }
    }
  }
});

const files = (text: string) =>
  [...text.matchAll(/`((?:docs|src|packaging|conf\.d|dist|test)\/[\w./-]*)`/g)].map(([, path = '']) => path);

test('every file that README names is there', () => {
  const named = files(readFileSync('README.md', 'utf8'));
  assert.deepEqual(
    named.filter((path) => !existsSync(path)),
    [],
  );
});

/** The set-up of somebody who runs supervisord, in a directory in the place of /etc/supervisor. */
function setUp(t: TestContext, port: number): { readonly dir: string; readonly replaced: (text: string) => string } {
  const dir = tempDir(t);
  mkdirSync(join(dir, 'bin'));
  mkdirSync(join(dir, 'web'));
  const replaced = (text: string) =>
    text
      .replaceAll('/etc/supervisor/supervisord.conf', `${dir}/supervisord.conf`)
      .replaceAll('/usr/local/bin', `${dir}/bin`)
      .replaceAll('/srv/web', `${dir}/web`)
      .replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`);
  writeFileSync(join(dir, 'web/app.py'), 'def app(e, start):\n    start("200 OK", [])\n    return [b"served\\n"]\n');
  return { dir, replaced };
}

test('"From supervisord in five minutes" can be followed by pasting', async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' }, { command: 'gunicorn', apt: 'gunicorn' }))
    return;
  const { dir, replaced } = setUp(t, await freePort());
  const readme = replaced(readFileSync('README.md', 'utf8'));
  const part = /^## From supervisord in five minutes\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
  const section = /^```ini\n([\s\S]*?)^```/m.exec(part)?.[1] ?? '';
  const config = (programs: string) => `[unix_http_server]
file=${dir}/s.sock
[supervisord]
logfile=${dir}/s.log
pidfile=${dir}/s.pid
childlogdir=${dir}
user=root
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${dir}/s.sock
${programs}`;
  const file = join(dir, 'supervisord.conf');
  writeFileSync(file, config(section.replace(/^reload_.*\n/m, '')));
  const supervisord = spawn('/usr/bin/supervisord', ['-n', '-c', file], { stdio: 'ignore' });
  t.after(() => supervisord.kill('SIGKILL'));
  const env = { ...process.env, PATH: `${dir}/bin:${resolve('bin')}:${process.env.PATH}` };
  // What `npm install -g` would have done.
  for (const name of ['hupd', 'hupctl']) await run('ln', ['-s', resolve('bin', name), join(dir, 'bin', name)]);
  const paste = (command: string) => run('bash', ['-c', command], { env, cwd: dir });
  const running = () => paste(`hupctl -c ${file} status`).then(({ stdout }) => /^web +RUNNING/m.test(stdout));
  await until('supervisord runs the program', running);

  const steps = [...part.matchAll(/^```(sh|ini)\n([\s\S]*?)^```/gm)];
  const pasted: string[] = [];
  t.after(() => paste(`hupctl -c ${file} shutdown`));
  for (const [, kind, block = ''] of steps) {
    if (kind === 'ini') {
      writeFileSync(file, config(block));
      continue;
    }
    for (const command of block.trim().split('\n')) {
      if (command.startsWith('npm install')) continue;
      if (/^hupd -c/.test(command)) await until('the end of supervisord', () => supervisord.exitCode !== null);
      const { status, stdout, stderr } = await paste(command);
      pasted.push(command.replaceAll(dir, ''));
      const allowed = / (doctor|status)$/.test(command) ? [0, 1, 3] : [0];
      assert.ok(allowed.includes(status), `${command} ended with ${status}\n${stdout}${stderr}`);
      if (/ status$/.test(command)) await until('hupd runs the program', running);
    }
  }
  assert.ok(pasted.length >= 9, pasted.join('\n'));
  const history = await paste(`hupctl -c ${file} history web`);
  assert.match(history.stdout, /rolling/);
  assert.equal((await paste(`hupctl -c ${file} shutdown`)).stdout, 'Shut down\n');
});
