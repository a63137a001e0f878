/** How a command is found and started, and what is said where that fails (compat 3.6, 3.7, 3.8). */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { onBoth, type Trial, trials } from './trial.ts';

/** Fails for good at once: one try, one line. */
const broken = (name: string, command: string, more = '') =>
  `[program:${name}]\ncommand=${command}\nstartretries=0\nautorestart=false\nstdout_logfile=DIR/${name}.out\nstderr_logfile=DIR/${name}.err\n${more}\n`;

const oneShot = (name: string, command: string, more = '') =>
  `[program:${name}]\ncommand=${command}\nstartsecs=0\nautorestart=false\nstdout_logfile=DIR/${name}.out\nstderr_logfile=DIR/${name}.err\n${more}\n`;

/** What the daemon says of a command that it will not even try; what a client that starts it is told. */
const refused: ReadonlyArray<readonly [name: string, command: string, said: string, client: string]> = [
  ['quote', '/bin/echo "x', `can't parse command '/bin/echo "x': No closing quotation`, 'file is not executable'],
  ['escape', '/bin/echo x\\', "can't parse command '/bin/echo x\\\\': No escaped character", 'file is not executable'],
  ['empty', '', 'command is empty', 'file is not executable'],
  ['nowhere', '/no/such/program', "can't find command '/no/such/program'", 'no such file'],
  ['unknown', 'no-such-program-anywhere', "can't find command 'no-such-program-anywhere'", 'no such file'],
  ['apostrophe', '"/no/it\'s"', `can't find command "/no/it's"`, 'no such file'],
  ['folder', '/usr/bin', "command at '/usr/bin' is a directory", 'file is not executable'],
  ['plain', 'DIR/plain', "command at 'DIR/plain' is not executable", 'file is not executable'],
  ['first', 'found-first', "command at 'DIR/one/found-first' is not executable", 'file is not executable'],
];

/** What a child says that cannot become its program. */
const stillborn: ReadonlyArray<readonly [name: string, command: string, more: string, said: string]> = [
  ['no_interpreter', 'DIR/no-interpreter x', '', "couldn't exec DIR/no-interpreter: ENOENT"],
  ['no_shebang', 'DIR/no-shebang', '', "couldn't exec DIR/no-shebang: ENOEXEC"],
  ['no_directory', '/bin/cat', 'directory=/no/such/directory', "couldn't chdir to /no/such/directory: ENOENT"],
  ['not_a_directory', '/bin/cat', 'directory=/etc/hostname', "couldn't chdir to /etc/hostname: ENOTDIR"],
  ['closed_directory', '/bin/cat', 'directory=DIR/closed\nuser=nobody', "couldn't chdir to DIR/closed: EACCES"],
  ['elsewhere', 'bin/cat', 'directory=DIR/one', "couldn't exec bin/cat: ENOENT"],
];

function files(trial: Trial): void {
  for (const folder of ['one', 'two', 'bin', 'closed']) trial.mkdir(folder);
  chmodSync(trial.path('closed'), 0o700);
  for (const [name, text, mode] of [
    ['plain', '#!/bin/sh\n', 0o644],
    ['one/found-first', '#!/bin/sh\n', 0o644],
    ['two/found-first', '#!/bin/sh\necho second\n', 0o755],
    ['two/tool', '#!/bin/sh\necho "$0" "$1"\n', 0o755],
    ['bin/cat', '#!/bin/sh\n', 0o755],
    ['no-interpreter', '#!/no/such/interpreter\n', 0o755],
    ['no-shebang', 'echo x\n', 0o755],
  ] as const) {
    trial.write(name, text);
    chmodSync(trial.path(name), mode);
  }
}

const path = 'environment=PATH="DIR/one:DIR/two:/usr/bin:/bin"';

trials('starting a command', () => {
  onBoth('a command that cannot be resolved is told to the log, to status and to who starts it', async (trial) => {
    files(trial);
    const programs = refused.map(([name, command]) => broken(name, command, name === 'first' ? path : ''));
    trial.config({ programs: programs.join('') });
    await trial.foreground(undefined, { cwd: trial.dir });
    const { stdout: all } = await trial.until('all given up', async () => {
      const answer = await trial.ctl('status');
      return answer.stdout.match(/ FATAL /g)?.length === refused.length ? answer : null;
    });
    for (const [name, , said, client] of refused) {
      const text = said.replaceAll('DIR/', `${trial.dir}/`);
      assert.ok(trial.plainLog.includes(`INFO spawnerr: ${text}`), `${name}: ${trial.log}`);
      assert.ok(
        trial.plainLog.includes(`INFO gave up: ${name} entered FATAL state, too many start retries too quickly`),
      );
      assert.ok(all.includes(text), `${name}: ${all}`);
      assert.equal((await trial.ctl('start', name)).stdout, `${name}: ERROR (${client})\n`);
    }
  });

  onBoth(
    'a child that cannot become its program says why on its stderr and exits 127',
    async (trial) => {
      files(trial);
      trial.config({ programs: stillborn.map(([name, command, more]) => broken(name, command, more)).join('') });
      await trial.foreground(undefined, { cwd: trial.dir });
      for (const [name, , , said] of stillborn) {
        await trial.logged(new RegExp(`WARN exited: ${name} \\(exit status 127; not expected\\)`));
        assert.match(trial.log, new RegExp(`spawned: '${name}' with pid`));
        const text = said.replaceAll('DIR/', `${trial.dir}/`);
        assert.equal(trial.read(`${name}.err`), `supervisor: ${text}\nsupervisor: child process was not spawned\n`);
        assert.equal(trial.read(`${name}.out`), '');
      }
    },
    { root: true },
  );

  onBoth('words are split as a shell would, and nothing is expanded', async (trial) => {
    files(trial);
    trial.config({
      programs: [
        oneShot('quotes', `/usr/bin/printf '[%%s]' "a b" 'c"d' e\\ f "" g"h"'i' "\\"" a#b $HOME * ~ | cat && x > y`),
        oneShot('lines', "/usr/bin/printf '[%%s]' a\n  b\n  'c d'"),
        oneShot('split', "/usr/bin/printf '[%%s]' %(ENV_SEVERAL)s"),
        oneShot('as_written', 'tool x', path),
      ].join(''),
    });
    await trial.foreground(undefined, { env: { ...process.env, SEVERAL: 'one "two three"' } });
    for (const [name, wanted] of [
      ['quotes', '[a b][c"d][e f][][ghi]["][a#b][$HOME][*][~][|][cat][&&][x][>][y]'],
      ['lines', '[a][b][c d]'],
      ['split', '[one][two three]'],
      ['as_written', `${trial.dir}/two/tool x\n`],
    ] as const) {
      await trial.until(name, () => trial.read(`${name}.out`) === wanted);
    }
  });

  onBoth('a log that cannot be opened is a start that failed, with its errno', async (trial) => {
    trial.mkdir('folder');
    trial.config({
      programs: '[program:a]\ncommand=/bin/cat\nstartretries=0\nstdout_logfile=DIR/folder',
    });
    await trial.foreground();
    await trial.logged(/INFO spawnerr: unknown error making dispatchers for 'a': EISDIR\n/);
    await trial.logged(/gave up: a/);
  });

  onBoth('without stopasgroup the children of a program outlive its stop, with it they go too', async (trial) => {
    const family = (name: string) =>
      `command=/bin/sh -c "sleep 987 & echo $! > DIR/${name}.pid; wait"\nstdout_logfile=NONE\nstderr_logfile=NONE`;
    trial.config({ programs: `[program:one]\n${family('one')}\n[program:all]\n${family('all')}\nstopasgroup=true` });
    await trial.foreground();
    const pid = (name: string) => Number(trial.read(`${name}.pid`));
    await trial.until('both', () => pid('one') > 0 && pid('all') > 0);
    await trial.logged(/success: one/);
    await trial.logged(/success: all/);
    await trial.ctl('stop', 'one', 'all');
    await trial.until('the end of the group', () => !alive(pid('all')));
    assert.ok(alive(pid('one')));
    process.kill(pid('one'), 'SIGKILL');
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH
  }
}
