/** `bin/hupctl` runs the bundle from code compiled at the build, and does without when that does not fit. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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
  mkdirSync(join(directory, 'dist'));
  for (const name of ['hupctl.cjs', 'hupctl.code']) cpSync(join(root, 'dist', name), join(directory, 'dist', name));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  return directory;
}

const hupctl = (directory: string, ...args: readonly string[]): string =>
  execFileSync(process.execPath, [join(directory, 'bin/hupctl'), ...args], { encoding: 'utf8' });

test('the compiled code fits the Node that has compiled it', (t) => {
  const directory = installed(t);
  const script = `process.argv.push('-v'); process.on('exit', () => console.log(s.cachedDataRejected));
    const s = require('${directory}/bin/compiled.cjs').run();`;
  assert.equal(execFileSync(process.execPath, ['-e', script, 'x'], { encoding: 'utf8' }), `${version}\nfalse\n`);
});

test('without compiled code, with a broken one or that of another bundle, hupctl works as well', (t) => {
  const directory = installed(t);
  const code = join(directory, 'dist/hupctl.code');
  const good = readFileSync(code);
  for (const bad of [good.subarray(0, good.length / 2), Buffer.from('garbage'), Buffer.alloc(0)]) {
    writeFileSync(code, bad);
    assert.equal(hupctl(directory, '-v'), `${version}\n`);
  }
  rmSync(code);
  assert.equal(hupctl(directory, '-v'), `${version}\n`);
});

test('a link from elsewhere finds it, and by the name supervisorctl it says what it is', (t) => {
  const directory = installed(t);
  const link = join(directory, 'supervisorctl');
  symlinkSync(join(directory, 'bin/hupctl'), link);
  const usage = execFileSync(process.execPath, [link, '-h'], { encoding: 'utf8' });
  assert.match(usage, /^supervisorctl -- control applications/);
  assert.match(usage, /hupctl, called by the name supervisorctl/);
  assert.ok(usage.includes(`Usage: ${link} [options]`));
  assert.match(hupctl(directory, '-h'), /^hupctl -- control applications/);
});
