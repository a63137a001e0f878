import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { type DaemonFlags, type FlagsResult, noFlags, parseDaemonFlags } from '../../src/config/daemon-flags.ts';
import { needs } from '../support/needs.ts';
import { supervisorPackage } from './peer.ts';

const parse = (...argv: string[]): FlagsResult => parseDaemonFlags(argv, 'hupd');

const accepted: ReadonlyArray<readonly [string[], Partial<DaemonFlags>]> = [
  [[], {}],
  [['-nk', '-c/etc/x.conf'], { nodaemon: true, nocleanup: true, configuration: '/etc/x.conf' }],
  [['--nodaemon', '--configuration=x'], { nodaemon: true, configuration: 'x' }],
  [['--conf', 'x', '--logfile_m', '1KB'], { configuration: 'x', logMaxBytes: 1024 }],
  [['-s', '-t'], { silent: true, stripAnsi: true }],
  [['-u', 'root', '-m', '027', '-i', ''], { user: 'root', umask: 0o27, identifier: '' }],
  [['-d', '/x'], { directory: { option: '-d', path: '/x' } }],
  [
    ['--logfile', 'l', '-j', 'p'],
    { logFile: { option: '--logfile', path: 'l' }, pidFile: { option: '-j', path: 'p' } },
  ],
  [['-q', '~'], { childLogDir: { option: '-q', path: '~' } }],
  [['-y', '50MB', '-z', '0', '-e', 'DEBUG'], { logMaxBytes: 52428800, logBackups: 0, logLevel: 'DEBG' }],
  [['-a', '5', '--minprocs', '6'], { minFds: 5, minProcs: 6 }],
  [['--profile_options', 'calls'], {}],
  [['--check', '--no-adopt', '--take-over', 'http://h'], { check: true, noAdopt: true, takeOver: 'http://h' }],
];

const refused: ReadonlyArray<readonly [string[], string]> = [
  [['--bogus'], 'option --bogus not recognized'],
  [['-x'], 'option -x not recognized'],
  [['-c'], 'option -c requires argument'],
  [['--logfile'], 'option --logfile requires argument'],
  [['--nodaemon=1'], 'option --nodaemon must not have an argument'],
  [['--log', 'x'], 'option --log not a unique prefix'],
  [['-n', '-n'], "conflicting command line option '-n'"],
  [['-n', '--nodaemon'], "conflicting command line option '--nodaemon'"],
  [['-c', 'a', '-c', 'b'], "conflicting command line option '-c'"],
  [['a', 'b'], "positional arguments are not supported: ['a', 'b']"],
  [['-n', '--', '-k'], "positional arguments are not supported: ['-k']"],
  [['-e', 'bogus'], "invalid value for -e 'bogus': bad logging level name 'bogus'"],
  [['-y', '1x'], "invalid value for -y '1x': invalid literal for int() with base 10: '1x'"],
  [['--minfds', 'x'], "invalid value for --minfds 'x': invalid literal for int() with base 10: 'x'"],
  [['-m', '9'], "invalid value for -m '9': 9 can not be converted to an octal type"],
];

describe("the daemon's command line", () => {
  for (const [argv, flags] of accepted) {
    it(`takes ${argv.join(' ') || 'nothing'}`, () => {
      assert.deepEqual(parse(...argv), { kind: 'run', flags: { ...noFlags, ...flags } });
    });
  }
  for (const [argv, message] of refused) {
    it(`refuses ${argv.join(' ')}, in supervisord's words`, (t) => {
      assert.deepEqual(parse(...argv), { kind: 'error', message, exitStatus: 2 });
      if (!needs(t, ...supervisorPackage)) return;
      const real = spawnSync('/usr/bin/supervisord', argv, { encoding: 'utf8' });
      assert.equal(real.stderr.split('\n')[0], `Error: ${message}`);
    });
  }

  it('lets no flag of ours make a prefix ambiguous that supervisord knows', () => {
    assert.equal(parse('--ch', '/tmp').kind, 'run');
  });

  it('prints the version, or help, as soon as it is asked for', () => {
    assert.deepEqual(parse('-v', '-e', 'bogus'), { kind: 'version' });
    assert.deepEqual(parse('--version'), { kind: 'version' });
    assert.equal(parse('-h').kind, 'help');
    assert.equal(parse('-?').kind, 'help');
    assert.equal(parse('-e', 'bogus', '-h').kind, 'error');
  });

  it('explains itself under the name that it is called by', () => {
    const help = parseDaemonFlags(['-?'], '/usr/bin/supervisord');
    assert.equal(help.kind, 'help');
    const text = help.kind === 'help' ? help.text : '';
    assert.match(text, /^supervisord -- run a set of applications/);
    assert.ok(text.includes('-l/--logfile FILENAME -- use FILENAME as'));
    const own = parse('-h');
    assert.match(own.kind === 'help' ? own.text : '', /^hupd -- run a set of applications/);
  });
});
