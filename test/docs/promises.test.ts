/**
 * What help texts, man pages and README promise is exercised: each command, and each of its options, that they name is run here against a daemon,
 * or stands in the table of those that another test runs.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Rig, rigFor, run } from '../support/rig.ts';
import { formsOf, told, toldByHelp } from './told.ts';

/** By form, the file, and the title or the words in it. */
const elsewhere: Record<string, string> = {
  'hupctl --history-file': 'test/ctl/interactive.test.ts: the history comes from its file',
  'hupctl --interactive': 'test/ctl/interactive.test.ts: a shutdown asks first',
  'hupctl fg': 'test/ctl/interactive.test.ts: fg passes lines in and shows what comes out, until ^C',
  'hupctl maintail -f':
    'test/ctl/interactive.test.ts: maintail -f and tail -f from the command line end with ^C and status 0',
  'hupctl reload --serial': 'test/ctl/fleet.test.ts: servers are reloaded one after another',
  'hupctl shutdown': 'test/packaging/used-as.ts: Shut down',
  'hupctl status --watch':
    'test/ctl/why-and-watch.test.ts: status --watch tells each change of what was asked for in one line',
  'hupctl tail -f':
    'test/ctl/interactive.test.ts: maintail -f and tail -f from the command line end with ^C and status 0',
  'hupctl top': 'test/tui/on-tmux.test.ts: the log is followed, searched and paused',
  'hupctl tui': 'test/tui/on-tmux.test.ts: at rest: the table',
  'hupctl upgrade': 'test/integration/carry.test.ts: an upgrade takes the installation as it is then',
  'hupd --can-resume': 'test/integration/carry.test.ts: an upgrade takes the installation as it is then',
  'hupd ctl': 'test/packaging/single.test.ts: found in PATH, and with hupctl as `hupd ctl`',
  'hupd --no-adopt': 'test/integration/carry.test.ts: with --no-adopt nothing is taken up',
  'hupd --take-over': 'test/take-over/live.test.ts: a live supervisord is taken over',
  'node scripts/test.mjs': 'package.json: "test": "node scripts/test.mjs"',
  'npm ci': '.ci/run: npm ci && npm test',
  'npm install': 'test/packaging/npm.test.ts: installed globally it works',
  'npm pack': 'test/packaging/npm.test.ts: the tarball has what a user needs',
  'npm run build': 'package.json: "pretest": "npm run -s build"',
  'npm run build:deb': 'test/packaging/debian-package.ts: scripts/build-deb.mjs',
  'npm run build:single': 'test/packaging/single.test.ts: scripts/build-single.mjs',
  'npm run knip': '.ci/run: npm run -s knip',
  'npm run lint': '.ci/run: npm run -s lint',
  'npm run typecheck': '.ci/run: npm run -s typecheck',
  'npm test': '.ci/run: npm ci && npm test',
};

/** supervisord's own flags: the row of `daemon-flags.test.ts` that has each. */
const flags: Readonly<Record<string, string>> = {
  childlogdir: "['-q', '~']",
  directory: "['-d', '/x']",
  identifier: "'-i', ''",
  logfile: "'--logfile', 'l'",
  logfile_backups: "'-z', '0'",
  logfile_maxbytes: "'-y', '50MB'",
  loglevel: "'-e', 'DEBUG'",
  minfds: "'-a', '5'",
  minprocs: "'--minprocs', '6'",
  nocleanup: "['-nk', ",
  nodaemon: "'--nodaemon', ",
  pidfile: "'-j', 'p'",
  profile_options: "'--profile_options'",
  silent: "['-s', '-t']",
  strip_ansi: "['-s', '-t']",
  umask: "'-m', '027'",
  user: "'-u', 'root'",
};
for (const [flag, row] of Object.entries(flags))
  elsewhere[`hupd --${flag}`] = `test/config/daemon-flags.test.ts: ${row}`;

/** Too long for a test, or nothing that could fail: run by hand. */
const byHand = /^npm (start|run (bench|bench:servers|bench:moments|bench:peers|demo|format|try:node))$/;

const programs = `[program:web]
command=sh -c 'echo hello; echo trouble >&2; exec sleep 1000'
startsecs=0
reload_strategy=rolling
reload_overlap=0
[program:worker]
command=sleep 1000
startsecs=0
`;

type Run = readonly [command: string, shows: RegExp, status?: number];

const unit = '[Service]\nExecStart=/bin/sleep %i\n';
const pm2 = '{"apps":[{"name":"site","script":"/bin/true","env_production":{"MODE":"live"}}]}';

/** In this order; DIR is the rig's directory, and `hupctl` has its configuration. */
const runs: readonly Run[] = [
  ['hupctl --help', /^Usage: /m],
  ['hupctl --version', /^\d+\.\d+\.\d+\n$/],
  ['hupctl --serverurl unix://DIR/hupd.sock --username u --password p --timeout 60 status web', /^web +RUNNING/],
  ['hupctl --configuration DIR/supervisord.conf status', /^web /],
  ['hupctl status', /^web +RUNNING.*\nworker +RUNNING/],
  ['hupctl status --json web', /"statename": ?"RUNNING"/],
  ['hupctl avail', /^web +in use +auto/m],
  ['hupctl version', /^\d+\.\d+/],
  ['hupctl pid', /^\d+\n$/],
  ['hupctl open unix://DIR/hupd.sock', /^web +RUNNING/],
  ['hupctl maintail', /success: web/],
  ['hupctl maintail -100', /^[\s\S]{1,101}$/],
  ['hupctl tail web', /^hello\n/],
  ['hupctl tail -100 web stderr', /^trouble\n/],
  ['hupctl clear web', /^web: cleared\n$/],
  ['hupctl signal CONT web', /^web: signalled\n$/],
  ['hupctl doctor', /^Nothing found\n$/],
  ['hupctl reload --plan web', /^web.*rolling/m],
  ['hupctl reload web', /^web: reloaded in \d+\.\d s$/m],
  ['hupctl reload --all-output web', /^web: reloaded in \d+\.\d s$/m],
  ['hupctl history web', /^(\S+ \S+ +ok +rolling .*\n){2}$/],
  ['hupctl history --facts web', /^ +\S+ +web: successor started with pid \d+$/m],
  ['hupctl history --json web', /^[[{]/],
  ['hupctl why web', /^web: RUNNING since .*, which came by a reload/],
  ['hupctl why --all web', /^ +\S+ +STOPPED -> STARTING$/m],
  ['hupctl restart worker', /^worker: stopped\nworker: started\n$/],
  ['hupctl restart --wait worker', /^worker: stopped\nworker: running \(pid \d+, /],
  ['hupctl stop worker', /^worker: stopped\n$/],
  ['hupctl remove worker', /^worker: removed process group\n$/],
  ['hupctl add worker', /^worker: added process group\n$/],
  ['hupctl start worker', /^worker: ERROR \(already started\)\n$/],
  ['hupctl reread', /^No config updates to processes\n$/],
  ['hupctl update', /^$/],
  ['hupctl exit', /^\n$/],
  ['hupctl quit', /^\n$/],
  ['hupctl completion bash', /^complete -F/m],
  ['hupctl completion fish', /^complete -c/m],
  [
    'hupctl import --from procfile --formation web=2 --port 5000 --user root --group site DIR/Procfile',
    /^\[group:site\]/m,
  ],
  ['hupctl import --env production DIR/ecosystem.config.json', /MODE="live"/],
  ['hupctl import --instance 60 DIR/nap@.service', /^command=\/bin\/sleep 60$/m],
  ['hupctl import --output DIR/imported.conf DIR/Procfile', /imported\.conf/],
  ['hupctl link-compat DIR/bin', /supervisorctl/],
  ['hupctl migrate --config DIR/old.conf', /reload_strategy=rolling/],
  ['hupctl migrate --config DIR/old.conf --write', /old\.conf/],
  ['hupd --help', /^Usage: /m],
  ['hupd --version', /^\d+\.\d+\.\d+\n$/],
  ['hupd --check --configuration DIR/supervisord.conf', /^$/],
];

test('each command and option that help, man pages and README name is run by a test', async () => {
  const covered = new Set([...runs.flatMap(([command]) => formsOf(command)), ...Object.keys(elsewhere)]);
  const named = [...told, ...(await toldByHelp())];
  const bare = named.flatMap(({ where, command }) =>
    formsOf(command)
      .filter((form) => !covered.has(form) && !byHand.test(form))
      .map((form) => `${form} (${where})`),
  );
  assert.deepEqual([...new Set(bare)], []);
  const forms = new Set(named.flatMap(({ command }) => formsOf(command)));
  assert.deepEqual(
    Object.keys(elsewhere).filter((form) => !forms.has(form)),
    [],
    'nobody is told of these',
  );
});

test('the tests that the table names are there', () => {
  const wrong = Object.entries(elsewhere).filter(([, where]) => {
    const [file = '', ...title] = where.split(': ');
    return !existsSync(file) || !readFileSync(file, 'utf8').includes(title.join(': '));
  });
  assert.deepEqual(wrong, []);
});

test('they do what they say, one after the other, on a real daemon', async (t) => {
  const rig = await rigFor(t, { programs });
  mkdirSync(join(rig.dir, 'bin'));
  writeFileSync(join(rig.dir, 'Procfile'), 'web: /bin/sleep $PORT\n');
  writeFileSync(join(rig.dir, 'ecosystem.config.json'), pm2);
  writeFileSync(join(rig.dir, 'nap@.service'), unit);
  writeFileSync(
    join(rig.dir, 'old.conf'),
    '[supervisord]\n[program:web]\ncommand=gunicorn -b 127.0.0.1:8000 app:app\n',
  );
  await rig.until(() => rig.read('web.log') !== '' || rig.log.includes('success: worker'), 'the programs run');
  const wrong: string[] = [];
  for (const [command, shows, status = 0] of runs) {
    const got = await typed(rig, command);
    if (got.status !== status || !shows.test(got.stdout))
      wrong.push(`${command}: ${got.status}\n${got.stdout}${got.stderr}`);
  }
  assert.deepEqual(wrong, []);
});

function typed(rig: Rig, command: string) {
  const [program = '', ...words] = command.replaceAll('DIR', rig.dir).split(' ');
  const isOfServer = program === 'hupctl' && !words[0]?.startsWith('-');
  return run(join('bin', program), isOfServer ? ['-c', rig.configFile, ...words] : words);
}
