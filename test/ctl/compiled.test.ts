/** `bin/hupctl` and `bin/hupd` run their bundles from code compiled at the build, and do without when that does not fit. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { version } from '../../src/version.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = join(import.meta.dirname, '../../..');

/** What is installed, in a directory of its own. */
function installed(t: TestContext): string {
  const directory = tempDir(t);
  cpSync(join(root, 'bin'), join(directory, 'bin'), { recursive: true });
  cpSync(join(root, 'dist'), join(directory, 'dist'), { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  return directory;
}

const installedRun = (directory: string, name: string, ...args: readonly string[]): string =>
  execFileSync(process.execPath, [join(directory, 'bin', name), ...args], { encoding: 'utf8' });

for (const name of ['hupctl', 'hupd']) {
  test(`the compiled code fits the Node that has compiled it: ${name}`, (t) => {
    const directory = installed(t);
    // Loaded as the program itself is, with what it sets of V8 before.
    const script = `const { Script } = vm = require('node:vm');
      vm.Script = class extends Script {
        constructor(...args) { super(...args); console.log(this.cachedDataRejected); }
      };
      process.argv.splice(1, 1, '${directory}/bin/${name}', '-v');
      require(process.argv[1]);`;
    assert.equal(execFileSync(process.execPath, ['-e', script, 'x'], { encoding: 'utf8' }), `false\n${version}\n`);
  });
}

test('without compiled code, with a broken one or that of another bundle, both work as well', (t) => {
  const directory = installed(t);
  for (const name of ['hupctl', 'hupd']) {
    const code = join(directory, `dist/${name}.code`);
    const good = readFileSync(code);
    for (const bad of [good.subarray(0, good.length / 2), Buffer.from('garbage'), Buffer.alloc(0)]) {
      writeFileSync(code, bad);
      assert.equal(installedRun(directory, name, '-v'), `${version}\n`);
    }
    rmSync(code);
    assert.equal(installedRun(directory, name, '-v'), `${version}\n`);
  }
});

/** All that hupd says from its start to its end. */
async function lifeOf(directory: string): Promise<string> {
  const config = join(directory, 'c.conf');
  writeFileSync(config, '[supervisord]\nnodaemon=true\nlogfile=%(here)s/log\npidfile=%(here)s/pid\n');
  const daemon = spawn(process.execPath, [join(directory, 'bin/hupd'), '-n', '-c', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  for await (const text of daemon.stdout.setEncoding('utf8')) {
    log += text;
    if (log.includes('started with pid')) daemon.kill();
  }
  return log;
}

test('koffi is found where a package manager shows hupd only its own packages, and missed where there is none', async (t) => {
  const directory = installed(t);
  assert.match(await lifeOf(directory), /the C library can not be called/);
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(join(root, 'node_modules/koffi'), join(directory, 'node_modules/koffi'));
  assert.doesNotMatch(await lifeOf(directory), /can not be called/);
});

test('a link from elsewhere finds it, and by the name supervisorctl it says what it is', (t) => {
  const directory = installed(t);
  const link = join(directory, 'supervisorctl');
  symlinkSync(join(directory, 'bin/hupctl'), link);
  const usage = execFileSync(process.execPath, [link, '-h'], { encoding: 'utf8' });
  assert.match(usage, /^supervisorctl -- control applications/);
  assert.match(usage, /hupctl, called by the name supervisorctl/);
  assert.ok(usage.includes(`Usage: ${link} [options]`));
  assert.match(installedRun(directory, 'hupctl', '-h'), /^hupctl -- control applications/);
});
