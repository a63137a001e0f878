import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseOptions } from '../../src/ctl/options.ts';
import { tempDir } from '../support/temp-dir.ts';

function fileWith(t: TestContext, section: string): string {
  const file = join(tempDir(t), 'x.conf');
  writeFileSync(file, section);
  return file;
}

async function run(argv: readonly string[]) {
  const parsed = await parseOptions(argv, '/nowhere/bin/hupctl');
  assert.equal(parsed.kind, 'run', JSON.stringify(parsed));
  return parsed.kind === 'run' ? parsed.options : null;
}

async function problem(...argv: readonly string[]): Promise<string> {
  const parsed = await parseOptions(argv, '/nowhere/bin/hupctl');
  return parsed.kind === 'usage-error' ? parsed.text : parsed.kind;
}

test('credentials in the URL count where there are no others', async (t) => {
  const named = fileWith(t, '[supervisorctl]\nusername=u\npassword=p\n');
  const bare = fileWith(t, '[supervisorctl]\n');
  const who = async (...argv: readonly string[]) => {
    const options = await run([...argv, 'status']);
    return [options?.username, options?.password];
  };
  assert.deepEqual(await who('-c', bare, '-s', 'http://ann:a%40b@h:1'), ['ann', 'a@b']);
  assert.deepEqual(await who('-c', bare, '-s', 'http://ann:100%@h:1'), ['ann', '100%']);
  assert.deepEqual(await who('-c', named, '-s', 'http://ann:a@h:1'), ['u', 'p']);
  assert.deepEqual(await who('-c', bare, '-s', 'http://ann:a@h:1', '-s', 'http://bob:b@i:1'), [null, null]);
});

test('the command line wins over the file, the file over the defaults', async (t) => {
  const file = fileWith(t, '[supervisorctl]\nserverurl=http://h:1\nusername=u\npassword=p\nprompt=mine\n');
  assert.deepEqual(await run(['-c', file, '-u', 'me', 'status', '-x']), {
    interactive: false,
    prompt: 'mine',
    serverUrl: 'http://h:1',
    serverUrls: ['http://h:1'],
    username: 'me',
    password: 'p',
    historyFile: null,
    timeoutSecs: null,
    configFile: file,
    args: ['status', '-x'],
  });
  const bare = fileWith(t, '[supervisorctl]\n');
  const options = await run(['-c', bare]);
  assert.deepEqual(
    [options?.serverUrl, options?.prompt, options?.interactive],
    ['http://localhost:9001', 'supervisor', true],
  );
});

test('the history file may be named by either spelling of its option', async (t) => {
  const file = fileWith(t, '[supervisorctl]\nhistory_file=%(here)s/h\n');
  assert.equal((await run(['-c', file]))?.historyFile, join(file, '../h'));
  assert.equal((await run(['-c', file, '--history-file', '/a']))?.historyFile, '/a');
  assert.equal((await run(['-c', file, '--history_file=/b']))?.historyFile, '/b');
  assert.equal((await run(['-c', file, '-r', '/c']))?.historyFile, '/c');
});

test('a socket path in the file becomes absolute, on the command line it stays as it is', async (t) => {
  const file = fileWith(t, '[supervisorctl]\nserverurl=unix://rel.sock\n');
  assert.equal((await run(['-c', file]))?.serverUrl, `unix://${process.cwd()}/rel.sock`);
  assert.equal((await run(['-c', file, '-s', 'unix://rel.sock']))?.serverUrl, 'unix://rel.sock');
});

test('wrong command lines are refused in the words of supervisorctl', async (t) => {
  const file = fileWith(t, '[supervisord]\n');
  assert.equal(await problem('-s', 'foo'), "invalid value for -s 'foo': value 'foo' is not a URL");
  assert.equal(await problem('--serv', "it's"), `invalid value for --serverurl "it's": value "it's" is not a URL`);
  assert.equal(await problem('-s', 'http://'), "invalid value for -s 'http://': value 'http://' is not a URL");
  assert.equal(await problem('-i', '--inter'), "conflicting command line option '--interactive'");
  assert.equal(await problem('-r', 'a', '--history-file', 'b'), "conflicting command line option '--history-file'");
  assert.equal(await problem('-z'), 'option -z not recognized');
  assert.equal(await problem('-c', '/nonexistent'), 'could not find config file /nonexistent');
  assert.equal(await problem('-c', file), '.ini file does not include supervisorctl section');
  assert.equal(await problem('-s', 'foo', '-h'), "invalid value for -s 'foo': value 'foo' is not a URL");
  assert.equal(await problem('-s', 'http://a', '-s', 'http://b'), 'several servers take an action, and no shell');
  assert.equal(await problem('-h', '-s', 'foo'), 'help');
  assert.equal(await problem('-?'), 'help');
  assert.equal(await problem('--version'), 'version');
});
