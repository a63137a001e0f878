import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { convertEcosystem } from '../../src/convert/pm2.ts';
import { splitCommand } from '../../src/core/shell-words.ts';
import { evaluateScript } from '../../src/ctl/read-ecosystem.ts';
import { run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { load, render, surroundings } from './loaded.ts';

const defaults = { file: '/srv/app/ecosystem.config.js', env: null, cpus: 4, group: null };

test("pm2's options become ours, its defaults are written out", (t) => {
  const value = {
    apps: [
      {
        name: 'api server',
        script: './server.js',
        args: '-p 80 "a b"',
        node_args: ['--enable-source-maps'],
        instances: 2,
        exec_mode: 'cluster',
        env: { A: 1, B: 'x' },
        env_production: { A: 2 },
        kill_timeout: 3000,
        min_uptime: '5s',
        max_restarts: 7,
        error_file: '/dev/null',
        watch: ['lib', 'app.js'],
        ignore_watch: ['node_modules'],
      },
      { script: 'jobs.py', cwd: '../jobs', autorestart: false, treekill: false },
      { script: 'npm', args: ['run', 'clock'], name: 'clock', stop_exit_codes: [0, 3] },
    ],
  };
  const text = render(convertEcosystem({ ...defaults, value, env: 'production' }, surroundings()));
  const specs = new Map(load(t, text).map((spec) => [spec.name, spec]));
  assert.deepEqual([...specs.keys()].sort(), ['api_server_0', 'api_server_1', 'clock', 'jobs']);
  const api = specs.get('api_server_1');
  assert.deepEqual(splitCommand(api?.command ?? ''), [
    ...['node', '--enable-source-maps', '/srv/app/server.js', '-p', '80', 'a b'],
  ]);
  assert.deepEqual(api?.environment, [
    ['A', '2'],
    ['B', 'x'],
    ['NODE_APP_INSTANCE', '1'],
  ]);
  assert.deepEqual(
    [api?.stopSignal, api?.stopWaitSecs, api?.startSecs, api?.startRetries, api?.autorestart, api?.killAsGroup],
    [2, 3, 5, 7, true, true],
  );
  assert.deepEqual(api?.stderr.log, { kind: 'none' });
  assert.deepEqual(api?.reload.watch, ['/srv/app/lib', '/srv/app/app.js']);
  assert.match(text, /cluster mode/);
  const jobs = specs.get('jobs');
  assert.deepEqual(
    [jobs?.command, jobs?.directory, jobs?.autorestart, jobs?.killAsGroup],
    [...['python3 /srv/jobs/jobs.py', '/srv/jobs', false, false]],
  );
  const clock = specs.get('clock');
  assert.deepEqual([clock?.command, clock?.autorestart, clock?.exitCodes], ['npm run clock', 'unexpected', [0, 3]]);
});

test('what has no counterpart is a comment with the reason, and what is no configuration is refused', () => {
  const value = { apps: [{ script: 'a.js', max_memory_restart: '1G', cron_restart: '0 0 * * *' }], deploy: {} };
  const text = render(convertEcosystem({ ...defaults, value }, surroundings()));
  for (const what of [/max_memory_restart="1G" is left out/, /cron_restart=/, /deploy is left out/])
    assert.match(text, what);
  for (const wrong of [null, 3, [], { apps: [] }, { apps: [{}] }, { apps: ['a.js'] }]) {
    assert.ok('error' in convertEcosystem({ ...defaults, value: wrong }, surroundings()), JSON.stringify(wrong));
  }
});

test('a .js is run in a process of its own, said so, and what it prints is not taken for what it exports', async (t) => {
  const file = join(tempDir(t), 'ecosystem.config.js');
  writeFileSync(
    file,
    "console.log('[program:evil]'); process.stdout.write('x'); module.exports = { apps: [{ script: 'a.js', env: { PID: process.pid } }] };",
  );
  const { stdout, stderr, status } = await run('bin/hupctl', ['import', file]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /is a program: it is run now/);
  const [spec] = load(t, stdout);
  assert.equal(spec?.command, `node ${join(file, '../a.js')}`);
  assert.doesNotMatch(stdout, /evil/);
});

test('an ES module and JSON are read as well; a program that fails, or never ends, is an error and no more', async (t) => {
  const dir = tempDir(t);
  const put = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  assert.deepEqual(await evaluateScript(put('a.config.mjs', 'export default { apps: [1] };')), {
    value: { apps: [1] },
  });
  assert.match(JSON.stringify(await evaluateScript(put('b.js', 'throw new Error("no luck");'))), /Error: no luck/);
  assert.match(JSON.stringify(await evaluateScript(put('c.js', 'for (;;);'), 500)), /had not ended after 0.5 s/);
  const json = await run('bin/hupctl', ['import', put('process.json', '[{"script": "x.sh", "name": "x"}]')]);
  assert.equal(load(t, json.stdout)[0]?.command, `bash ${dir}/x.sh`);
  const broken = await run('bin/hupctl', ['import', put('broken.json', '{apps: [}')]);
  assert.deepEqual([broken.status, broken.stdout], [1, '']);
  assert.match(broken.stderr, /broken\.json: it is not JSON/);
  const merged = 'x: &all\n  env: {A: "1"}\napps:\n  - <<: *all\n    script: x.sh\n    args: [--one, a b]\n';
  const yaml = await run('bin/hupctl', ['import', put('e.yml', merged)]);
  assert.equal(yaml.status, 0, yaml.stderr);
  assert.equal(load(t, yaml.stdout)[0]?.command, `bash ${dir}/x.sh --one 'a b'`);
  assert.match(yaml.stdout, /^environment=A="1"$/m);
  const unclosed = await run('bin/hupctl', ['import', put('f.yaml', 'apps: [')]);
  assert.deepEqual([unclosed.status, unclosed.stdout], [1, '']);
  assert.match(unclosed.stderr, /f\.yaml: it is not YAML: Flow sequence .*at line 1/);
});

test('--output writes a new file and never over an existing one', async (t) => {
  const dir = tempDir(t);
  const source = join(dir, 'my process.json');
  writeFileSync(source, '{"script": "x.sh"}');
  const output = join(dir, 'out.conf');
  const first = await run('bin/hupctl', ['import', '--output', output, source]);
  assert.equal(first.status, 0, first.stderr);
  const checked = await run('bin/hupd', ['--check', '-c', output]);
  assert.deepEqual([checked.status, checked.stdout, checked.stderr], [0, '', '']);
  const text = readFileSync(output, 'utf8');
  const second = await run('bin/hupctl', ['import', '--output', output, source]);
  assert.equal(second.status, 1);
  assert.match(second.stderr, /exists already and is left as it is/);
  assert.equal(readFileSync(output, 'utf8'), text);
  assert.ok(!existsSync(`${output}.bak`));
});

test('wrong arguments are said, with the usage', async () => {
  for (const args of [[], ['a', 'b'], ['--nope', 'a'], ['--output']]) {
    const { status, stdout } = await run('bin/hupctl', ['import', ...args]);
    assert.equal(status, 2);
    assert.match(stdout, /^Error: .*\nimport <file>/);
  }
  const { stderr } = await run('bin/hupctl', ['import', '/etc/hostname']);
  assert.match(stderr, /does not say what it is; use --from procfile\|pm2\|systemd/);
  assert.match(
    (await run('bin/hupctl', ['import', '/no/such'])).stderr,
    /^Error: \/no\/such: there is no such file\n$/,
  );
});
