/** The scripts of `completion`, in the real shells: on a terminal, by the tab key, with a real daemon behind. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { muteServer } from '../support/mute-server.ts';
import { needs } from '../support/needs.ts';
import { onPty } from '../support/on-pty.ts';
import { endRig, type Rig, run, startRig } from '../support/rig.ts';

const python3 = { command: '/usr/bin/python3', apt: 'python3' };
const programs = `[program:alone]
command=/bin/cat
[program:a]
command=/bin/cat
[program:b]
command=/bin/cat
[group:grp]
programs=a,b
`;
const path = `${resolve('bin')}:${process.env.PATH}`;
const words = async (line: string) =>
  (await run('bin/hupctl', ['complete', line])).stdout.split('\n').flatMap((it) => it.split('\t')[0] || []);

/** Types part of a name and the tab key, and sees the whole: then that is what runs. */
const steps = (rig: Rig): ReadonlyArray<readonly [string, string]> => [
  ['ready> ', `hupctl -c ${rig.configFile} pid alo\t`],
  ['alo\x07?ne', '\r'],
  ['\\d+\r\n', ''],
  ['ready> ', `hupctl -c ${rig.configFile} pid grp:a\t`],
  ['grp:a', '\r'],
  ['\\d+\r\n', ''],
  ['ready> ', 'hupctl compl\t'],
  ['compl\x07?etion', 'zs\t'],
  ['zs\x07?h', '\x15exit\r'],
];

/** One daemon for all: it is only asked. */
describe('completion', { concurrency: 3 }, () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig({ programs });
  });
  after(() => endRig(rig));

  test('what may follow, by the place on the line', async () => {
    const at = `hupctl -c ${rig.configFile} `;
    assert.deepEqual((await words(`${at}restart `)).sort(), ['all', 'alone', 'grp:*', 'grp:a', 'grp:b']);
    assert.deepEqual(await words(`${at}restart grp:a gr`), ['grp:b', 'grp:*']);
    assert.deepEqual((await words(`${at}update `)).sort(), ['alone', 'grp']);
    assert.deepEqual(await words(`${at}signal US`), ['USR1', 'USR2']);
    assert.deepEqual(await words(`${at}signal HUP alo`), ['alone']);
    assert.deepEqual(await words('hupctl re'), ['reload', 'remove', 'reread', 'restart']);
    assert.deepEqual(await words('hupctl --serv'), ['--serverurl']);
    assert.deepEqual(await words('hupctl status --'), ['--json', '--watch']);
    assert.deepEqual(await words('hupctl -c '), [':files']);
    assert.deepEqual(await words('/usr/bin/hupd --no'), ['--nodaemon', '--nocleanup', '--no-adopt']);
    assert.deepEqual(await words('hupd -c '), [':files']);
    assert.deepEqual(await words('hupd --loglevel de'), ['debug']);
  });

  test('what may follow an option of a command', async () => {
    const at = `hupctl -c ${rig.configFile} `;
    assert.deepEqual(await words('hupctl migrate --config '), [':files']);
    assert.deepEqual(await words('hupctl import --from p'), ['procfile', 'pm2']);
    assert.deepEqual(await words('hupctl import --port '), []);
    assert.deepEqual(await words('hupctl import --from systemd '), [':files']);
    assert.deepEqual(await words('hupctl completion '), ['bash', 'zsh', 'fish']);
    assert.deepEqual(await words('hupctl completion bash '), []);
    assert.deepEqual(await words(`${at}reload --serial `), []);
    assert.deepEqual(await words(`${at}tail -f alone st`), ['stdout', 'stderr']);
    assert.deepEqual(await words(`${at}tail -f st`), []);
  });

  test('a server that is not there, or does not answer, or a broken file, is silence', async (t) => {
    const mute = await muteServer(t);
    for (const url of [mute.url, `${mute.url}.none`, 'nonsense']) {
      const { status, stdout, stderr } = await run('bin/hupctl', ['complete', `hupctl -s ${url} restart x`]);
      assert.deepEqual([status, stdout, stderr], [0, '', ''], url);
    }
    assert.equal(mute.connections(), 1, 'it was asked');
  });

  test('bash completes names of processes, colons and all', async (t) => {
    if (!needs(t, python3)) return;
    const rc = `PS1='rea''dy> '; source <(hupctl completion bash)`;
    const { shown } = await onPty({
      command: ['bash', '--noprofile', '--rcfile', join(rig.dir, 'rc'), '-i'],
      ...{ cwd: rig.dir, env: { PATH: path }, steps: [['[$#] ', `${rc}\r`], ...steps(rig)] },
      columns: 250,
    });
    const pid = async (name: string) => (await rig.ctl('pid', name)).stdout.trim();
    assert.ok(shown.includes(await pid('alone')) && shown.includes(await pid('grp:a')), shown);
  });

  test('zsh does', async (t) => {
    if (!needs(t, { command: 'zsh', apt: 'zsh' }, python3)) return;
    const rc = `unsetopt prompt_cr prompt_sp; PROMPT='rea''dy> '; autoload -Uz compinit && compinit -u -D; source <(hupctl completion zsh)`;
    const { shown } = await onPty({
      command: ['zsh', '-f', '-i'],
      ...{ cwd: rig.dir, env: { PATH: path }, steps: [['[%#] ', `${rc}\r`], ...steps(rig)] },
      columns: 250,
    });
    const pid = async (name: string) => (await rig.ctl('pid', name)).stdout.trim();
    assert.ok(shown.includes(await pid('alone')) && shown.includes(await pid('grp:a')), shown);
  });

  test('fish does, with the state beside the name', async (t) => {
    if (!needs(t, { command: 'fish', apt: 'fish' })) return;
    const ask = `hupctl completion fish | source; complete -C "hupctl -c ${rig.configFile} pid "; echo ====; complete -C "hupd --lo"`;
    const { stdout, stderr } = await run('fish', ['--no-config', '-c', ask], {
      env: { ...process.env, PATH: path, HOME: rig.dir },
    });
    const [names = '', flags = ''] = stdout.split('====\n');
    assert.deepEqual(
      names
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.replace(/\t(running|starting)/, ' state'))
        .sort(),
      ['all', 'alone state', 'grp:*', 'grp:a state', 'grp:b state'],
      stderr,
    );
    assert.match(flags, /--loglevel\t/);
  });
});
