/** Files that change under a whole hupd: programs reload, the configuration is applied. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { needs } from '../support/needs.ts';
import { type ConfigParts, onHupd, type Trial, trials } from './trial.ts';

const web = (more: string) => `[program:web]\ncommand=/bin/sleep 1000\nstartsecs=0\n${more}\n`;

/** Starts it, and waits until the files are being watched. */
async function watching(trial: Trial, config: ConfigParts): Promise<void> {
  trial.config({ ...config, daemon: `loglevel=debug\n${config.daemon ?? ''}` });
  await trial.foreground();
  await trial.logged(/DEBG watch of /);
}

function reloads(trial: Trial): number {
  return trial.log.match(/changed: reload/g)?.length ?? 0;
}

async function oneMore(trial: Trial, before: number): Promise<void> {
  await trial.until('one reload more', () => reloads(trial) === before + 1);
  await sleep(1500); // and no other
  assert.equal(reloads(trial), before + 1);
}

trials('watched files', () => {
  onHupd('a git checkout of 5,000 files is one reload', async (trial) => {
    if (!needs(trial.t, { command: 'git', apt: 'git' })) return;
    mkdirSync(trial.path('app'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@localhost', '-c', 'gc.auto=0', ...args], {
        cwd: trial.path('app'),
      });
    git('init', '-q', '-b', 'one');
    for (const version of ['one', 'two']) {
      if (version === 'two') git('checkout', '-q', '-b', 'two');
      for (let i = 0; i < 5000; i++) {
        if (i % 250 === 0) mkdirSync(trial.path(`app/d${i / 250}`), { recursive: true });
        writeFileSync(trial.path(`app/d${Math.floor(i / 250)}/f${i}.py`), `${version} ${i}\n`);
      }
      git('add', '-A');
      git('commit', '-q', '-m', version);
    }
    await watching(trial, { programs: web('watch=DIR/app/**/*.py\nwatch_delay=1') });
    for (const version of ['one', 'two']) {
      const before = reloads(trial);
      git('checkout', '-q', version);
      await oneMore(trial, before);
    }
  });

  onHupd('editors: a temporary file does nothing, an atomic rename and an ordinary write do', async (trial) => {
    mkdirSync(trial.path('app'));
    writeFileSync(trial.path('app/a.py'), '1');
    await watching(trial, { programs: web('watch=DIR/app\nwatch_delay=0.5') });
    let before = reloads(trial);
    for (const name of ['.a.py.swp', '4913', 'a.py~', '.#a.py', '#a.py#'])
      writeFileSync(trial.path(`app/${name}`), 'x');
    await sleep(2000); // nothing comes of it
    assert.equal(reloads(trial), before);
    for (let i = 0; i < 3; i++) {
      before = reloads(trial);
      writeFileSync(trial.path('app/.a.py.tmp'), `version ${i}`);
      renameSync(trial.path('app/.a.py.tmp'), trial.path('app/a.py'));
      await oneMore(trial, before);
    }
  });

  onHupd('a release that is switched by a link is one reload', async (trial) => {
    for (const release of ['r1', 'r2']) {
      mkdirSync(trial.path(`${release}/app`), { recursive: true });
      writeFileSync(trial.path(`${release}/app/a.py`), release);
    }
    symlinkSync('r1', trial.path('current'));
    await watching(trial, { programs: web('watch=DIR/current/app/**/*.py\nwatch_delay=0.5') });
    let before = reloads(trial);
    symlinkSync('r2', trial.path('next'));
    renameSync(trial.path('next'), trial.path('current'));
    await oneMore(trial, before);
    before = reloads(trial);
    appendFileSync(trial.path('r2/app/a.py'), 'x');
    await oneMore(trial, before);
  });

  onHupd('watch_config applies a good file and survives a bad one, included files too', async (trial) => {
    mkdirSync(trial.path('conf.d'));
    const parts = (more: string) => ({
      daemon: 'loglevel=debug\nwatch_config=true',
      programs: `${web('')}[include]\nfiles=conf.d/*.conf\n${more}`,
    });
    await watching(trial, parts(''));
    writeFileSync(trial.path('conf.d/a.conf'), '[program:a]\ncommand=/bin/sleep 1000\n');
    await trial.logged(/changed: added a/);
    await trial.logged(/success: a/);
    writeFileSync(trial.path('conf.d/a.conf'), '[program:a]\ncommand=/bin/sleep 1000\nautostart=perhaps\n');
    await trial.logged(/ERRO .*a\.conf changed, and the configuration can not be used/);
    assert.match((await trial.ctl('status')).stdout, /^a +RUNNING/m);
    writeFileSync(trial.path('new'), '[program:b]\ncommand=/bin/sleep 1000\n');
    renameSync(trial.path('new'), trial.path('conf.d/a.conf'));
    await trial.logged(/changed: added b; removed a/);
    await trial.logged(/success: b/);
    trial.config(parts('[program:c]\ncommand=/bin/sleep 1000'));
    await trial.logged(/s\.conf changed: added c/);
    await trial.logged(/success: c/);
  });

  onHupd('the package that watches is loaded only when something is watched', async (trial) => {
    trial.config({ programs: web('') });
    const daemon = await trial.foreground();
    await trial.logged(/success: web/);
    // inotify is what it would have opened.
    const open = execFileSync('ls', ['-l', `/proc/${daemon.pid}/fd`]).toString();
    assert.doesNotMatch(open, /inotify/);
  });
});
