import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { localUsers } from '../../src/config/load.ts';
import { dropInsOf } from '../../src/convert/drop-ins.ts';
import { renderConverted } from '../../src/convert/section.ts';
import { convertUnit } from '../../src/convert/systemd.ts';
import { parseTimeSpan } from '../../src/convert/time-span.ts';
import { splitCommand } from '../../src/core/shell-words.ts';
import { needs } from '../support/needs.ts';
import { rigFor, run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { load, render, surroundings } from './loaded.ts';

const units = '/lib/systemd/system';

const machine = {
  read: (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  list: (path: string) => (existsSync(path) ? readdirSync(path) : []),
  exists: existsSync,
  homeOf: (user: string) => localUsers.byName(user)?.home ?? null,
  hostName: 'host.example',
};

test('every service unit of the Debian packages here becomes a program that --check accepts, or is refused with the reason', async (t) => {
  // nginx's alone would do: it shows that there is something to convert.
  if (!needs(t, { command: join(units, 'nginx.service'), apt: 'nginx-light' })) return;
  let converted = 0;
  const whole: string[] = [];
  for (const name of readdirSync(units).filter((unit) => unit.endsWith('.service'))) {
    const file = join(units, name);
    const text = readFileSync(file, 'utf8');
    const conversion = convertUnit({ file, text, instance: null }, machine);
    if ('error' in conversion) {
      const isMasked = realpathSync(file) === '/dev/null';
      assert.ok(isMasked || !/^ExecStart=\S/m.test(text), `${name}: ${conversion.error}`);
      continue;
    }
    const output = renderConverted(conversion);
    const specs = load(t, output);
    assert.equal(specs.length, 1, name);
    assert.ok(!('error' in splitCommand(specs[0]?.command ?? '')), name);
    converted += 1;
    whole.push(output);
  }
  assert.ok(converted > 20, `${converted} units were converted`);
  const file = join(tempDir(t), 'all.conf');
  writeFileSync(file, whole.join('\n'));
  const checked = await run('bin/hupd', ['--check', '-c', file]);
  // What is known of a server is no fault of the section.
  const faults = checked.stdout.split('\n').filter((line) => line !== '' && !/: warning: \[program:\S+\]: /.test(line));
  assert.deepEqual([checked.status, faults, checked.stderr], [0, [], '']);
});

function convert(
  text: string,
  { file = '/etc/systemd/system/web.service', instance = null as string | null, files = {} } = {},
) {
  return render(convertUnit({ file, text, instance }, surroundings(files)));
}

test('the usual keys become options', (t) => {
  const text = convert(
    `[Unit]
Description=A site
[Service]
Type=notify
User=nobody
WorkingDirectory=/srv/100%%
Environment=A=1 "B=two words"
Environment='C=%n %p %H'
ExecStart=/usr/bin/gunicorn \\
  # a comment in between
  -b unix:%t/web.sock app:app
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
SuccessExitStatus=7 SIGKILL
RestartSec=5
KillSignal=SIGQUIT
TimeoutStopSec=1min 30s
KillMode=mixed
UMask=0027
StandardOutput=append:/tmp/web.log
WatchdogSec=30
`,
  );
  const [spec] = load(t, text);
  assert.ok(spec);
  assert.equal(spec.command, '/usr/bin/gunicorn -b unix:/run/web.sock app:app');
  assert.deepEqual(
    [spec.directory, spec.uid, spec.umask, spec.autorestart, spec.exitCodes, spec.stopSignal, spec.stopWaitSecs],
    ['/srv/100%', localUsers.byName('nobody')?.uid, 0o27, 'unexpected', [0, 7], 3, 90],
  );
  assert.deepEqual([spec.stopAsGroup, spec.killAsGroup, spec.redirectStderr], [false, true, true]);
  assert.deepEqual(spec.environment, [
    ['A', '1'],
    ['B', 'two words'],
    ['C', 'web.service web host.example'],
    ['WATCHDOG_USEC', '30000000'],
  ]);
  assert.deepEqual([spec.reload.strategy, spec.reload.signal, spec.reload.readyCheck], ['hup', 1, { kind: 'notify' }]);
  assert.deepEqual(spec.stdout.log, { kind: 'file', path: '/tmp/web.log' });
  assert.match(text, /^; RestartSec=5/m);
});

test('an empty value empties a list, as in a drop-in', (t) => {
  const [spec] = load(
    t,
    convert('[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/b\nEnvironment=A=1\nEnvironment=\n'),
  );
  assert.deepEqual([spec?.command, spec?.environment], ['/bin/b', []]);
});

test('drop-ins beside it add to it in the order of their names, and take back what it says', (t) => {
  const dir = '/etc/systemd/system';
  const files = {
    [`${dir}/web.service.d/20-b.conf`]: '[Service]\nEnvironment=B=2\nExecStart=\nExecStart=/bin/changed\n',
    [`${dir}/web.service.d/10-a.conf`]: '[Service]\nEnvironment=A=1\nUMask=0077\n',
    [`${dir}/web.service.d/10-a.conf.bak`]: '[Service]\nUMask=0000\n',
    [`${dir}/service.d/20-b.conf`]: '[Service]\nUMask=0000\n',
    '/usr/lib/systemd/system/web.service.d/30-c.conf': '[Service]\nKillSignal=SIGINT\n',
    [`${dir}/web.socket`]: '[Socket]\nListenStream=8080\n',
    [`${dir}/web.socket.d/port.conf`]: '[Socket]\nListenStream=\nListenStream=9090\n',
  };
  const text = convert('[Service]\nExecStart=/bin/a\nEnvironment=Z=0\n', { files });
  const [spec] = load(t, text);
  assert.deepEqual([spec?.command, spec?.umask, spec?.stopSignal], ['/bin/changed', 0o77, 2]);
  assert.deepEqual(spec?.environment, [
    ['Z', '0'],
    ['A', '1'],
    ['B', '2'],
  ]);
  assert.deepEqual(spec?.reload.sockets, [{ kind: 'tcp', host: '::', port: 9090 }]);
  assert.match(
    text.replaceAll(/\n; +/g, ' '),
    /Made from the unit web\.service and \S+10-a\.conf and \S+20-b\.conf and \S+30-c\.conf/,
  );
});

test('which drop-ins belong to a unit, and their order, is what systemd says', async (t) => {
  if (!needs(t, { command: '/usr/bin/systemd-analyze', apt: 'systemd' })) return;
  const [high, low] = [tempDir(t), tempDir(t)];
  writeFileSync(join(low, 'a-b-c.service'), '[Service]\nExecStart=/bin/true\n');
  writeFileSync(join(low, 'x-y@.service'), '[Service]\nExecStart=/bin/true\n');
  const own = ['a-b-c', 'a-b-', 'a-', 'x-y@i', 'x-y@', 'x-@i', 'x-@', 'x-', 'other'].map((name) => `${name}.service.d`);
  for (const [f, folder] of [...own, 'service.d'].entries()) {
    for (const place of [high, low]) {
      mkdirSync(join(place, folder));
      // One that all have, one of pairs, one of the two places, one that it has alone.
      for (const name of ['50-all', `4${f % 4}-pair`, `30-${folder}`, `${9 - f}0-${folder}-${place === high ? 1 : 2}`])
        writeFileSync(join(place, folder, `${name}.conf`), `# ${folder}\n`);
    }
  }
  for (const unit of ['a-b-c.service', 'x-y@i.service']) {
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', unit], {
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${high}:${low}`, SYSTEMD_LOG_LEVEL: 'debug' },
    });
    const said = new Set([...`${stdout}${stderr}`.matchAll(/DropIn Path: (\S+)/g)].map(([, path]) => path));
    assert.ok(said.size > 8, stderr);
    const { files } = dropInsOf(low, unit, machine, [high, low]);
    assert.deepEqual(files, [...said]);
  }
});

test('what is lost is said, with the reason: protections, limits, order, directories, other commands', () => {
  const text = convert(`[Unit]
After=db.service
ConditionPathExists=/x
[Service]
ExecStart=/bin/a
ExecStartPost=/bin/b
ExecStop=/bin/c
PrivateTmp=yes
NoNewPrivileges=yes
LimitNOFILE=65536
MemoryMax=1G
Nice=5
RuntimeDirectory=a
FancyNewKey=1
Type=forking
Group=www
`);
  for (const what of [
    /After=db.service: there are no dependencies/,
    /ConditionPathExists=\/x: it is started without asking/,
    /ExecStartPost=\/bin\/b is left out/,
    /ExecStop=\/bin\/c is left out/,
    /NoNewPrivileges=yes: these protections are gone/,
    /LimitNOFILE=65536: programs have the limits of hupd/,
    /MemoryMax=1G: programs have no cgroups/,
    /Nice=5: put nice/,
    /RuntimeDirectory=a: hupd makes no directories/,
    /FancyNewKey=1/,
    /Type=forking: it leaves the foreground/,
    /Group=www is left out/,
  ]) {
    assert.match(text.replace(/\n; +/g, ' '), what);
  }
  assert.match(text, /^autostart=false$/m);
});

test('a user who is not on this machine, and a template without an instance, are not started until they are complete', (t) => {
  const missing = convert('[Service]\nUser=stranger\nExecStart=/bin/a\n');
  assert.match(missing, /^;user=stranger$/m);
  assert.equal(load(t, missing)[0]?.autostart, false);
  const file = '/etc/systemd/system/job@.service';
  const template = load(t, convert('[Service]\nExecStart=/bin/a %i\n', { file }))[0];
  assert.deepEqual([template?.name, template?.command, template?.autostart], ['job', '/bin/a INSTANCE', false]);
  const instance = load(t, convert('[Service]\nExecStart=/bin/a %i %I\n', { file, instance: 'x-y' }))[0];
  assert.deepEqual([instance?.name, instance?.command, instance?.autostart], ['job@x-y', '/bin/a x-y x/y', true]);
});

test('the .socket unit beside it becomes socket=', (t) => {
  const files = { '/etc/systemd/system/web.socket': '[Socket]\nListenStream=8080\nListenStream=/run/web.sock\n' };
  const [spec] = load(t, convert('[Service]\nExecStart=/bin/a\n', { files }));
  assert.deepEqual(spec?.reload.sockets, [
    { kind: 'tcp', host: '::', port: 8080 },
    { kind: 'unix', path: '/run/web.sock' },
  ]);
});

test('what is no service, and has nothing to start, is refused', () => {
  assert.ok('error' in convertUnit({ file: '/x/a.socket', text: '', instance: null }, surroundings()));
  assert.ok('error' in convertUnit({ file: '/x/a.service', text: '[Service]\n', instance: null }, surroundings()));
});

test('times are read as systemd writes them', () => {
  const times = ['90', '5min 20s', '1h', '500ms', '2h30m', 'infinity', '1.5', 'soon'];
  assert.deepEqual(times.map(parseTimeSpan), [90, 320, 3600, 0.5, 9000, Number.POSITIVE_INFINITY, 1.5, null]);
});

test('an imported unit runs: commands before it, variables, an environment file, quotes', async (t) => {
  const dir = tempDir(t);
  writeFileSync(join(dir, 'vars'), 'FROM_FILE="a  b"\nARGS="-x -y"\n');
  writeFileSync(
    join(dir, 'unit.service'),
    `[Service]
Environment="HERE=it's 100%%" EMPTY=
EnvironmentFile=${dir}/vars
EnvironmentFile=-${dir}/not-there
WorkingDirectory=${dir}
ExecStartPre=/bin/sh -c 'echo before >> ran'
ExecStartPre=-/bin/false
ExecStart=/bin/sh -c 'for word; do echo "<$$word>" >> ran; done; exec sleep 1000' me \${HERE} "$FROM_FILE" $ARGS pre\${FROM_FILE}post cash$$ "a ;b" 'tab\\there' \${EMPTY} $EMPTY end
`,
  );
  const { stdout, status, stderr } = await run('bin/hupctl', ['import', join(dir, 'unit.service')]);
  assert.equal(status, 0, stderr);
  const rig = await rigFor(t, { programs: stdout.replace('[supervisord]', '') });
  const ran = () => (existsSync(join(dir, 'ran')) ? readFileSync(join(dir, 'ran'), 'utf8') : '');
  await rig.until(() => ran().includes('<end>'), 'it has run');
  assert.equal(
    ran(),
    [
      'before',
      "<it's 100%>",
      '<a>',
      '<b>',
      '<-x>',
      '<-y>',
      '<prea  bpost>',
      '<cash$>',
      '<a ;b>',
      '<tab\there>',
      '<>',
      '<end>',
      '',
    ].join('\n'),
  );
});
