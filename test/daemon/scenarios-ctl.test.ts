/** Supervisor's own end-to-end scenarios (compat 10) in which a client is at work: real supervisorctl with both servers, and hupctl with hupd. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { needs } from '../support/needs.ts';
import { run } from '../support/rig.ts';
import { onBoth, type Trial, trials } from './trial.ts';

const supervisorctl = '/usr/bin/supervisorctl';
const hupctl = resolve('bin/hupctl');
const textListener = resolve('test/support/listeners/text-mode.py');

/** The clients that are tried with this server. */
function clients(trial: Trial): readonly string[] {
  const real = needs(trial.t, { command: supervisorctl, apt: 'supervisor' }) ? [supervisorctl] : [];
  return trial.hupd ? [...real, hupctl] : real;
}

/** A client that goes on until it is ended; what it says is in `said`. */
class Following {
  readonly #child: ChildProcess;
  said = '';

  constructor(trial: Trial, words: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: 'pipe' } = {}) {
    const [command = '', ...args] = words;
    const env = { ...process.env, ...options.env, HUPD_TRIAL: trial.dir };
    this.#child = spawn(command, args, { stdio: [options.input ?? 'ignore', 'pipe', 'pipe'], env, cwd: trial.dir });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
      });
    }
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }
  end(): void {
    this.#child.kill('SIGKILL');
  }
}

const lines = (name: string, text: string, more = ''): string =>
  `[program:${name}]\ncommand=/bin/sh -c 'i=0; while :; do i=$((i+1)); echo "${text} - $i"; sleep 0.2; done'\nstartsecs=0\nstdout_logfile=DIR/${name}.log\n${more}`;

/** Lines 1 to 3, or of a log that is longer any three that follow each other, whole. */
function threeLines(said: string, text: string): boolean {
  const numbers = [...said.matchAll(new RegExp(`^${text} - (\\d+)$`, 'gm'))].map(([, number]) => Number(number));
  return numbers.length >= 3 && numbers.every((number, index) => number === (numbers[0] ?? 0) + index);
}

trials('scenarios of clients', () => {
  onBoth(
    '550: unquoted variables of [supervisord] reach the child, and one argument can be two words',
    async (trial) => {
      trial.config({
        daemon: 'environment=THIS_SHOULD=BE_IN_CHILD_ENV',
        programs:
          '[program:print_env]\ncommand=/usr/bin/env\nstartsecs=0\nstartretries=0\nautorestart=false\nstdout_logfile=DIR/env.log',
      });
      await trial.foreground();
      await trial.logged(
        /success: print_env entered RUNNING state[\s\S]*exited: print_env \(exit status 0; expected\)/,
      );
      for (const client of clients(trial)) {
        const { status, stdout } = await run(client, ['-c', trial.file, 'tail -100000', 'print_env']);
        assert.equal(status, 0);
        assert.match(stdout, /^THIS_SHOULD=BE_IN_CHILD_ENV$/m);
      }
    },
  );

  onBoth('565: UTF-8 comes through tail -f, and a text-mode listener of its events goes on', async (trial) => {
    if (!needs(trial.t, { command: 'python3', apt: 'python3' })) return;
    const text = 'The Øresund bridge ends in Malmö';
    trial.config({
      programs: `${lines('hello', text, 'stdout_events_enabled=true')}
[eventlistener:text]\ncommand=python3 -u ${textListener} DIR/events\nevents=PROCESS_LOG`,
    });
    await trial.foreground();
    for (const client of clients(trial)) {
      const tail = new Following(trial, [client, '-c', trial.file, 'tail', '-f', 'hello']);
      await trial.until(`lines from ${client}`, () => threeLines(tail.said, text));
      assert.match(tail.said, /^==> Press Ctrl-C to exit <==\n/);
      tail.end();
    }
    const events = () => trial.read('events').match(/^PROCESS_LOG_STDOUT .*Malmö - \d+$/gm) ?? [];
    await trial.until('events', () => events().length >= 5);
  });

  onBoth('835: stdin is sent as UTF-8, by a client in Python with empty credentials', async (trial) => {
    if (!needs(trial.t, { command: supervisorctl, apt: 'supervisor' })) return;
    trial.config({ daemon: 'loglevel=debug', programs: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    await trial.foreground();
    await trial.logged(/success: cat/);
    const program = `import sys, xmlrpc.client
from supervisor.xmlrpc import SupervisorTransport
transport = SupervisorTransport('', '', 'unix://' + sys.argv[1])
print(xmlrpc.client.ServerProxy('http://anything/RPC2', transport).supervisor.sendProcessStdin('cat', sys.argv[2]))`;
    const { stdout } = await run('/usr/bin/python3', [
      '-c',
      program,
      trial.path('s.sock'),
      'The Øresund bridge ends in Malmö',
    ]);
    assert.equal(stdout, 'True\n');
    await trial.logged(/'cat' stdout output:\nThe Øresund bridge ends in Malmö/);
  });

  onBoth('836: what is typed into fg on a terminal reaches the program, and comes back', async (trial) => {
    trial.config({ daemon: 'loglevel=debug', programs: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    await trial.foreground();
    await trial.logged(/success: cat/);
    if (!needs(trial.t, { command: 'script', apt: 'bsdutils' })) return;
    for (const client of clients(trial)) {
      const fg = new Following(trial, ['script', '-qec', `${client} -c ${trial.file} fg cat`, '/dev/null'], {
        input: 'pipe',
      });
      await trial.until('fg', () => fg.said.includes('==> Press Ctrl-C to exit <=='));
      const who = client === hupctl ? 'hupctl' : 'supervisorctl';
      for (const word of ['eins', 'zwei']) {
        const line = `${word} of ${who}`;
        fg.type(`${line}\n`);
        await trial.logged(new RegExp(`'cat' stdout output:\\n${line}\\n`));
        // By the terminal's echo (twice, if it was typed before the client took the terminal over), and from the daemon.
        await trial.until(line, () => fg.said.split(line).length >= 3);
      }
      fg.end();
    }
  });

  onBoth('1054: avail', async (trial) => {
    trial.config({ programs: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    await trial.foreground();
    for (const client of clients(trial)) {
      const { status, stdout } = await run(client, ['-c', trial.file, 'avail']);
      assert.deepEqual([status, stdout], [0, 'cat                              in use    auto      999:999\n']);
    }
  });

  for (const [letter, action, env] of [
    ['a', ['tail', '-f', 'hello'], {}],
    ['b', ['tail', '-f', 'hello'], { LANG: 'oops' }],
    ['c', ['tail', 'hello'], { LANG: 'oops' }],
  ] as const) {
    const how = 'LANG' in env ? `with LANG=${env.LANG}` : 'in any locale';
    onBoth(`1231${letter}: ${action.join(' ')} shows lines that are not ASCII, ${how}`, async (trial) => {
      trial.config({ programs: lines('hello', 'More than ASCII …') });
      await trial.foreground();
      await trial.until('lines', () => threeLines(trial.read('hello.log'), 'More than ASCII …'));
      for (const client of clients(trial)) {
        const tail = new Following(trial, [client, '-c', trial.file, ...action], { env });
        await trial.until(`lines from ${client}`, () => threeLines(tail.said, 'More than ASCII …'));
        tail.end();
      }
    });
  }

  onBoth('1251: -? explains the daemon and the client under their names', async (trial) => {
    const called = (name: string): string => {
      if (!trial.hupd) return `/usr/bin/${name}`;
      symlinkSync(name === 'supervisorctl' ? hupctl : trial.command, trial.path(name));
      return trial.path(name);
    };
    const daemon = await trial.run(['-?'], { command: called('supervisord') });
    assert.equal(daemon.status, 0);
    assert.ok(daemon.stdout.startsWith('supervisord -- run a set of applications'));
    assert.ok(daemon.stdout.includes('-l/--logfile FILENAME -- use FILENAME as'));
    const client = await trial.run(['-?'], { command: called('supervisorctl') });
    assert.equal(client.status, 0);
    assert.ok(client.stdout.startsWith('supervisorctl -- control applications'));
    assert.ok(client.stdout.includes('-i/--interactive -- start an interactive'));
  });

  onBoth('1298: tail -f flows into a pipe', async (trial) => {
    trial.config({ programs: lines('spew', 'more spewage') });
    await trial.foreground();
    for (const client of clients(trial)) {
      const tail = new Following(trial, ['/bin/sh', '-c', `${client} -c ${trial.file} tail -f spew | cat`]);
      await trial.until(`lines from ${client}`, () => threeLines(tail.said, 'more spewage'));
      tail.end();
    }
  });

  onBoth('1596: a client that goes in the middle of its answer harms nobody', async (trial) => {
    trial.config({ programs: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    await trial.foreground();
    await trial.logged(/success: cat/);
    const body = '<methodCall><methodName>system.listMethods</methodName></methodCall>';
    for (let count = 0; count < 20; count += 1) {
      const socket = connect(trial.path('s.sock'));
      socket.on('error', () => {}); // it is we who go
      socket.write(`POST /RPC2 HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      await trial.until('the request to be out', () => socket.bytesWritten > body.length && !socket.connecting);
      socket.destroy();
    }
    assert.match(await trial.call('system.listMethods'), /supervisor\.getState/);
    assert.match((await trial.ctl('status')).stdout, /^cat +RUNNING/);
  });
});
