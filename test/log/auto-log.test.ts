import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { cleanAutoLogs, createAutoLog } from '../../src/log/auto-log.ts';
import { tempDir } from '../support/temp-dir.ts';

test('an AUTO log is an empty file of supervisord’s name that only its owner may read', (t) => {
  const directory = tempDir(t);
  const name = { directory, process: 'web_0', channel: 'stderr', identifier: 'supervisor' } as const;
  const paths = Array.from({ length: 50 }, () => {
    const made = createAutoLog(name);
    assert.ok(made.ok);
    assert.match(basename(made.path), /^web_0-stderr---supervisor-[a-z0-9_]{8}\.log$/);
    assert.equal(statSync(made.path).mode & 0o777, 0o600);
    return made.path;
  });
  assert.equal(new Set(paths).size, 50);
});

test('an AUTO log in a directory that is not there is refused with the errno', () => {
  const name = { directory: '/nonexistent', process: 'web', channel: 'stdout', identifier: 'x' } as const;
  const made = createAutoLog(name);
  assert.equal(made.ok ? '' : made.trouble.errno, 'ENOENT');
});

test('the clean-up deletes AUTO logs and their backups, and nothing else', (t) => {
  const directory = tempDir(t);
  const gone = [
    'web-stdout---a.b-abcdefgh.log',
    'web-stdout---a.b-abcdefgh.log.1',
    'web-stderr---a.b-a_0123z9.log.10',
    'öä ü-stdout---a.b-abcdefgh.log',
    'x---y-stdout---a.b-abcdefgh.log',
  ];
  const kept = [
    // supervisord's pattern takes each of these as well.
    'web-stdout---a.b-abcdefgh.log.bak',
    'web-stdout---a.b-abcdefgh.log.1.gz',
    'web-stdout---aXb-abcdefgh.log',
    'web-stdout---a.b-c-abcdefgh.log',
    'notes---a.b-about.log',
    'web-stdout---a.b-abcdefgh.logs',
    // And none of these.
    'web.log',
    'web-stdout---other-abcdefgh.log',
    '-stdout---a.b-abcdefgh.log',
  ];
  for (const name of [...gone, ...kept]) writeFileSync(join(directory, name), '');
  symlinkSync('/etc/passwd', join(directory, 'link-stdout---a.b-abcdefgh.log'));
  cleanAutoLogs(directory, 'a.b', ({ text }) => assert.fail(text));
  assert.deepEqual(readdirSync(directory).sort(), kept.sort());
  assert.ok(statSync('/etc/passwd').size > 0);
});

test('the clean-up says what it could not do', (t) => {
  const directory = tempDir(t);
  mkdirSync(join(directory, 'web-stdout---x-abcdefgh.log'));
  const said: string[] = [];
  cleanAutoLogs(directory, 'x', ({ level, text }) => said.push(`${level} ${text}`));
  cleanAutoLogs(join(directory, 'nowhere'), 'x', ({ level, text }) => said.push(`${level} ${text}`));
  assert.deepEqual(said, [
    `WARN Failed to clean up '${directory}/web-stdout---x-abcdefgh.log'`,
    'WARN Could not clear childlog dir',
  ]);
});
