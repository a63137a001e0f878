import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type DaemonFlags, noFlags } from '../../src/config/daemon-flags.ts';
import {
  checkConfig,
  findTempDir,
  type LoadOptions,
  loadConfig,
  loadCtlConfig,
  localUsers,
} from '../../src/config/load.ts';
import type { Config } from '../../src/core/spec.ts';
import { tempDir } from '../support/temp-dir.ts';

function optionsFor(cwd: string, flags: Partial<DaemonFlags> = {}): LoadOptions {
  const environment = { HOME: homedir(), UNSET: undefined };
  return {
    file: join(cwd, 'x.conf'),
    flags: { ...noFlags, ...flags },
    environment,
    hostName: 'host',
    cwd,
    users: localUsers,
    tempDir: '/tmp',
  };
}

/** A directory with these files; the text of `x.conf` first. */
function directoryWith(
  t: TestContext,
  main: string | Uint8Array | null,
  more: Readonly<Record<string, string>> = {},
): string {
  const directory = tempDir(t);
  if (main !== null) writeFileSync(join(directory, 'x.conf'), main);
  for (const [name, text] of Object.entries(more)) writeFileSync(join(directory, name), text);
  return directory;
}

function loaded(options: LoadOptions): Config {
  const result = loadConfig(options);
  assert.ok(result.ok, result.ok ? '' : result.error);
  return result.config;
}

function error(options: LoadOptions): string | null {
  const result = loadConfig(options);
  return result.ok ? null : result.error;
}

describe('loading a configuration', () => {
  it('reads the files of a directory', (t) => {
    const main = '[supervisord]\n[include]\nfiles=*.ini\n';
    const directory = directoryWith(t, main, { 'a.ini': '[program:a]\ncommand=%(here)s/%(host_node_name)s\n' });
    const config = loaded(optionsFor(directory));
    assert.deepEqual(config.files, [join(directory, 'x.conf'), join(directory, 'a.ini')]);
    assert.deepEqual(config.includes, [join(directory, '*.ini')]);
    assert.equal(config.groups[0]?.processes[0]?.command, `${directory}/host`);
  });

  it('says what it cannot find, in the words of the command line', (t) => {
    const options = optionsFor(directoryWith(t, null));
    assert.equal(error({ ...options, shownAs: 'x.conf' }), 'could not find config file x.conf');
  });

  it('says that it cannot read a directory', (t) => {
    const directory = directoryWith(t, null);
    mkdirSync(join(directory, 'x.conf'));
    assert.equal(error(optionsFor(directory)), `could not read config file ${directory}/x.conf`);
  });

  it('refuses what is not UTF-8', (t) => {
    const directory = directoryWith(t, Buffer.from('[supervisord]\nidentifier=\xff\n', 'latin1'));
    const text = "'utf-8' codec can't decode byte 0xff in position 25: invalid start byte";
    assert.equal(error(optionsFor(directory)), text);
  });

  it('leaves out an included file that it cannot read, and says so', (t) => {
    const directory = directoryWith(t, '[supervisord]\n[include]\nfiles=*.ini\n');
    symlinkSync('/no/such', join(directory, 'a.ini'));
    const { messages } = loaded(optionsFor(directory));
    assert.deepEqual(messages, [
      { level: 'WARN', text: `Included file "${directory}/a.ini" cannot be read and is left out: ENOENT` },
      { level: 'INFO', text: `Included extra file "${directory}/a.ini" during parsing` },
    ]);
  });

  it('reads the same again after the daemon has changed its directory', (t) => {
    const directory = directoryWith(t, '[supervisord]\nchildlogdir=.\nlogfile=l\n');
    const { daemon } = loaded(optionsFor(directory));
    assert.deepEqual([daemon.childLogDir, daemon.logFile], [directory, { kind: 'file', path: join(directory, 'l') }]);
  });

  it('finds all problems for --check', (t) => {
    const directory = directoryWith(t, '[supervisord]\nminfds=x\nminprocs=y\n');
    assert.deepEqual(
      checkConfig(optionsFor(directory)).map(({ line }) => line),
      [2, 3],
    );
  });

  it('knows users and groups of this machine', (t) => {
    const directory = directoryWith(t, '[supervisord]\n[unix_http_server]\nfile=s\nchown=root:root\n');
    const [server] = loaded(optionsFor(directory)).servers;
    assert.deepEqual(server?.kind === 'unix' ? server.owner : null, { uid: 0, gid: 0 });
  });
});

describe('the command line over the file', () => {
  const main = `[supervisord]
logfile=file.log
loglevel=error
umask=077
nodaemon=false
identifier=file
childlogdir=/
`;
  it('wins', (t) => {
    const directory = directoryWith(t, main);
    const { daemon } = loaded(
      optionsFor(directory, {
        logFile: { option: '-l', path: 'flag.log' },
        logLevel: 'DEBG',
        umask: 0o22,
        nodaemon: true,
        identifier: 'flag',
        childLogDir: { option: '-q', path: '~' },
        noAdopt: true,
      }),
    );
    assert.deepEqual(daemon.logFile, { kind: 'file', path: join(directory, 'flag.log') });
    assert.deepEqual(
      [daemon.logLevel, daemon.umask, daemon.nodaemon, daemon.identifier, daemon.childLogDir, daemon.adopt],
      ['DEBG', 0o22, true, 'flag', homedir(), false],
    );
  });

  it('leaves the rest to the file', (t) => {
    const { daemon } = loaded(optionsFor(directoryWith(t, main)));
    assert.deepEqual(
      [daemon.logLevel, daemon.umask, daemon.identifier, daemon.childLogDir, daemon.adopt],
      ['ERRO', 0o77, 'file', '/', true],
    );
  });

  it('is checked first', (t) => {
    const directory = directoryWith(t, 'nonsense');
    const flags = { directory: { option: '-d', path: '/no/such' } };
    assert.equal(
      error(optionsFor(directory, flags)),
      "invalid value for -d '/no/such': /no/such is not an existing directory",
    );
    const log = { logFile: { option: '--logfile', path: '/no/such/l' } };
    assert.equal(
      error(optionsFor(directory, log)),
      "invalid value for --logfile '/no/such/l': The directory named as part of the path /no/such/l does not exist",
    );
  });

  it('names a user whom nobody knows', (t) => {
    const directory = directoryWith(t, main);
    assert.equal(error(optionsFor(directory, { user: 'no-such-user' })), 'Invalid user name no-such-user');
    assert.equal(loaded(optionsFor(directory, { user: 'root' })).daemon.uid, 0);
  });
});

describe("loading the client's part", () => {
  it('has defaults without a file', (t) => {
    const options = { ...optionsFor(tempDir(t)), file: null };
    const result = loadCtlConfig(options);
    assert.equal(result.ok && result.config.serverUrl, 'http://localhost:9001');
  });

  it('reads the file', (t) => {
    const directory = directoryWith(t, '[supervisorctl]\nserverurl=unix://s\n');
    const result = loadCtlConfig(optionsFor(directory));
    assert.equal(result.ok && result.config.serverUrl, `unix://${directory}/s`);
  });

  it('says what it cannot find', (t) => {
    const directory = directoryWith(t, null);
    const result = loadCtlConfig(optionsFor(directory));
    assert.equal(!result.ok && result.error, `could not find config file ${directory}/x.conf`);
  });
});

describe('the directory of AUTO logs', () => {
  it('is the first of TMPDIR, TEMP, TMP and the usual ones that can be written to', (t) => {
    const directory = tempDir(t);
    assert.equal(findTempDir({ TMPDIR: directory }, '/'), directory);
    assert.equal(findTempDir({ TMPDIR: '/no/such', TEMP: '', TMP: directory }, '/'), directory);
    assert.equal(findTempDir({}, '/'), '/tmp');
  });
});
