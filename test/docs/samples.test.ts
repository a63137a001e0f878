/** The samples of conf.d/ are what people copy: each loads, alone and as a whole, and `hupd --check` has nothing to say of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { noFlags } from '../../src/config/daemon-flags.ts';
import { loadConfig, localUsers } from '../../src/config/load.ts';
import { run } from '../support/rig.ts';

const samples = readdirSync('conf.d', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.conf') && !name.startsWith('run/'))
  .map((name) => resolve('conf.d', name))
  .sort();

const load = (file: string) =>
  loadConfig({
    ...{ file, flags: noFlags, cwd: process.cwd(), environment: new Map(), hostName: 'localhost', tempDir: tmpdir() },
    users: localUsers,
  });

for (const sample of samples) {
  test(`${sample.slice(resolve('.').length + 1)} loads, and --check finds nothing in it`, async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'hupd-sample-'));
    t.after(() => rmSync(dir, { recursive: true }));
    const whole = /^\[supervisord\]/m.test(readFileSync(sample, 'utf8'));
    const main = whole ? sample : join(dir, 'main.conf');
    if (!whole) writeFileSync(main, `[supervisord]\n[include]\nfiles=${sample}\n`);
    const { ok, diagnostics, ...loaded } = load(main);
    assert.deepEqual(diagnostics, []);
    assert.ok(ok);
    assert.ok('config' in loaded && loaded.config.groups.length > 0, 'it has a program');
    const { status, stdout, stderr } = await run('bin/hupd', ['--check', '-c', main]);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  });
}

test('the first sample shows what hupd is for, and npm start runs it', () => {
  const result = load(resolve('conf.d/hupd.conf'));
  assert.ok(result.ok);
  const specs = result.config.groups.flatMap(({ processes }) => processes);
  assert.ok(specs.some(({ reload }) => reload.strategy === 'rolling'));
  assert.match(readFileSync('scripts/start.mjs', 'utf8'), /'-c', 'conf\.d\/hupd\.conf'/);
});
