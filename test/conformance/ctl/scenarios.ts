/** The table: which command lines, in which state of the server. */
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { holds, plainServer, reaches } from './server-kind.ts';
import type { Row, Scenario } from './transcript.ts';

const rows = (...lines: readonly string[]): Row[] => lines.map((line) => ({ line }));

const sleeper = (name: string, more = ''): string => `
[program:${name}]
command=/bin/sleep 1000
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
${more}`;

const mixed = `${plainServer}
${sleeper('alpha')}
${sleeper('manual', 'autostart=false')}
${sleeper('num', 'numprocs=2\nprocess_name=%(program_name)s_%(process_num)d')}
${sleeper('one', 'autostart=false')}
${sleeper('two', 'autostart=false')}
[group:pair]
programs=one,two
priority=5
${sleeper('a_process_with_a_name_that_is_wider_than_thirty', 'autostart=false')}
[program:missing]
command=/nonexistent/command
autostart=false
[program:plainfile]
command=/etc/hostname
autostart=false
startretries=0
[program:dies]
command=/bin/false
autostart=false
autorestart=false
startretries=0
[program:nodir]
command=/bin/sleep 1000
directory=/nonexistent
autostart=false
startretries=0
`;

const status: Scenario = {
  title: 'status, start, stop, restart, signal, pid',
  config: mixed,
  rows: [
    { line: 'status', before: (server) => reaches(server, 'num:num_1', 'RUNNING') },
    ...rows('status alpha', 'status zz', 'status zz:*', 'status manual zz', 'status num:*', 'status num: alpha'),
    ...rows('status num:num_0 alpha alpha', 'status zz all', 'status pair:one', 'status pair:zz', 'status ALPHA'),
    ...rows('start', 'start manual', 'start manual', 'start zz', 'start zz:*', 'start zz:a', 'start missing'),
    ...rows('start plainfile', 'start dies', 'start nodir', 'start pair:*', 'start pair:*', 'start :'),
    ...rows('stop', 'stop manual', 'stop manual', 'stop zz', 'stop zz:*', 'stop pair:one pair:two zz alpha'),
    { line: 'stop num:', sortLines: true },
    ...rows('stop dies', 'start alpha num:*', 'restart', 'restart alpha', 'restart zz', 'restart zz:*'),
    { line: 'restart pair:*', sortLines: true },
    ...rows('restart dies manual', 'signal', 'signal HUP', 'signal CONT alpha', 'signal SIGCONT alpha num:*'),
    ...rows('signal 18 alpha', 'signal NOPE alpha', 'signal CONT dies', 'signal CONT zz', 'signal CONT zz:*'),
    ...rows('signal NOPE num:*', 'signal CONT all', 'signal CONT dies:*'),
    { line: 'pid', maskDigits: true },
    { line: 'pid alpha', maskDigits: true },
    { line: 'pid all', maskDigits: true },
    { line: 'pid alpha dies zz num:num_0', maskDigits: true },
    ...rows('pid dies', 'pid zz', 'pid num:*', 'version', 'version now', 'avail', 'avail x'),
    { line: 'stop all', sortLines: true },
    ...rows('stop all'),
    // What ends a second after its start ends before or after what comes up then: supervisord's own order there is chance.
    { line: 'start all', sortLines: true },
    ...rows('nonsense', '!ls', '? start', 'help zz', 'help EOF', 'quit', 'exit'),
    { line: ['start-all'] },
    { line: ['status alpha', 'manual'] },
    { line: ['  ?zz  '] },
    { line: ['start', '', ' alpha  '] },
    { line: ['status\talpha'] },
    { line: 'help help', deviation: 'ctl-help-wording' },
    { line: 'help', deviation: 'ctl-more-commands' },
    { line: 'stop num_*', deviation: 'ctl-wildcards' },
    { line: 'reload alpha', deviation: 'ctl-graceful-reload' },
  ],
};

const logs: Scenario = {
  title: 'tail, maintail, clear, fg',
  config: `${plainServer}
[program:both]
command=/bin/sh -c 'echo to stdout; echo to stderr >&2; exec cat'
startsecs=0
stdout_logfile=%(here)s/both.out
stderr_logfile=%(here)s/both.err
[program:joined]
command=/bin/sh -c 'echo to both'
startsecs=0
autorestart=false
redirect_stderr=true
stdout_logfile=%(here)s/joined.out
; supervisorctl's fg ends only when there is more to show, or after 30 s
[program:chatty]
command=/bin/sh -c '(while sleep 0.1; do echo tick; done) & exec cat'
startsecs=0
stopasgroup=true
stdout_logfile=%(here)s/chatty.out
[program:none]
command=/bin/cat
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
[program:utf]
command=/bin/sh -c 'echo "The Øresund bridge ends in Malmö"; exec cat'
startsecs=0
stdout_logfile=%(here)s/utf.out
[program:süß]
command=/bin/sh -c 'echo zucker; exec cat'
startsecs=0
stdout_logfile=%(here)s/suess.out
[program:colours]
command=/bin/sh -c 'printf "\\033[31mred\\033[0m\\n"; exec cat'
startsecs=0
stdout_logfile=%(here)s/colours.out
[program:latin]
command=/bin/sh -c 'printf "caf\\351\\n"; exec cat'
startsecs=0
stdout_logfile=%(here)s/latin.out
[program:many]
command=/bin/sh -c 'seq 1 2000; exec cat'
startsecs=0
stdout_logfile=%(here)s/many.out
`,
  rows: [
    {
      line: 'tail both',
      before: async (server) => {
        await holds(server, 'both.out', 'to stdout\n');
        await holds(server, 'both.err', 'to stderr\n');
        await holds(server, 'joined.out', 'to both\n');
        await holds(server, 'utf.out', 'Malmö\n');
        await holds(server, 'suess.out', 'zucker\n');
        await holds(server, 'many.out', '2000\n');
        await holds(server, 'colours.out', 'red');
        await holds(server, 'latin.out', 'caf');
      },
    },
    ...rows(
      'tail both stderr',
      'tail both STDERR',
      'tail both stdout',
      'tail -3 both',
      'tail -0 both',
      'tail --3 both',
    ),
    ...rows('tail -1_0 both', 'tail -+4 both', 'tail', 'tail a b c d', 'tail -f', 'tail -5', 'tail both stdoot'),
    ...rows("tail both it's", 'tail -x both', 'tail - both', 'tail zz', 'tail -f zz', 'tail none', 'tail none stderr'),
    ...rows(
      'tail joined',
      'tail joined stderr',
      'tail -f joined stderr',
      'tail utf',
      'tail süß',
      'tail many',
      'tail both stderr x',
    ),
    { line: 'tail colours', deviation: 'ctl-control-characters', serverDeviation: 'wire-control-characters' },
    { line: 'tail latin', serverDeviation: 'wire-not-utf8' },
    { line: 'tail -f latin', interruptAt: /caf/, only: /.*caf.*/g, deviation: 'ctl-tail-undecodable' },
    { line: ['tail -9', 'both'] },
    { line: 'tail -f both', interruptAt: /to stdout\n/, only: /.*(==>|stdout$).*/gm },
    { line: 'tail -f both stderr', interruptAt: /to stderr\n/, only: /^(==>.*|to stderr)$/gm },
    { line: 'tail -f utf', interruptAt: /Malmö\n/, only: /^(==>|The).*$/gm },
    { line: 'tail -f süß', interruptAt: /zucker\n/, only: /^(==>.*|zucker)$/gm },
    { line: 'maintail', maskDigits: true, only: /supervisord started/g },
    { line: 'maintail -40', maskDigits: true, only: /state/g },
    { line: 'maintail -f', maskDigits: true, interruptAt: /\n.*\n.*\n/, only: /==> Press Ctrl-C to exit <==/g },
    ...rows('maintail x', 'maintail -x', 'maintail -f -5', 'maintail a b'),
    ...rows('fg', 'fg a b', 'fg zz', 'fg joined'),
    { line: 'fg chatty', stdin: 'typed line\n', endInputAt: /typed line/, only: /^(==>.*|typed line|Exiting.*)$/gm },
    ...rows('clear', 'clear zz', 'clear both', 'tail both', 'tail both stderr', 'clear both zz utf', 'tail utf'),
    { line: 'clear all', deviation: 'ctl-deferred-not-ascii', serverDeviation: 'ctl-deferred-not-ascii' },
    ...rows('clear joined:joined'),
    { line: 'clear both:*', deviation: 'ctl-clear-group' },
  ],
};

const groupA = sleeper('ga');
const groupB = sleeper('gb');
const groupC = sleeper('gc', 'autostart=false');

const update: Scenario = {
  title: 'reread, update, add, remove, avail',
  config: `${plainServer}${groupA}${groupB}`,
  rows: [
    { line: 'reread', before: (server) => reaches(server, 'ga', 'RUNNING') },
    ...rows('reread x', 'update', 'add ga', 'add zz', 'remove zz', 'remove ga', 'add', 'remove', 'update zz'),
    {
      line: 'reread',
      before: async (server) => server.writeConfig(`${plainServer}${groupA.replace('1000', '2000')}${groupC}`),
    },
    ...rows('avail', 'update zz gc', 'avail', 'update gb', 'status', 'update all', 'reread', 'update'),
    { line: 'status', before: (server) => reaches(server, 'ga', 'RUNNING') },
    {
      line: 'reread',
      before: async (server) => server.writeConfig(`${plainServer}${groupA.replace('1000', '2000')}${groupB}${groupC}`),
    },
    ...rows('add gb gb zz', 'stop gb', 'remove gb zz ga', 'add gb'),
    { line: 'reread', before: async (server) => server.writeConfig(`${plainServer}\n[program:ga]\nstartsecs=0\n`) },
    ...rows('update'),
    { line: 'reread', before: async (server) => server.writeConfig(`${plainServer}${groupA}\nstopsignal=TREM\n`) },
  ],
};

const unreachable = 'unix:///nonexistent/s.sock';
const at = (url: string) => (): readonly string[] => ['-s', url];

/** A socket whose owner has gone without removing it. */
async function makeStale(dir: string): Promise<void> {
  const owner = createServer();
  await new Promise<void>((resolve) => owner.listen(join(dir, 'owned.sock'), resolve));
  renameSync(join(dir, 'owned.sock'), join(dir, 'stale.sock'));
  await new Promise((resolve) => owner.close(resolve));
}

const allCommands = [
  ...['status', 'start x', 'stop x', 'restart x', 'signal HUP x', 'pid', 'tail x', 'maintail', 'clear x', 'version'],
  ...['fg x', 'reread', 'update', 'add x', 'remove x', 'avail', 'reload', 'shutdown', 'start', 'tail -f x'],
];

const connection: Scenario = {
  title: 'servers that cannot be reached, and wrong command lines',
  config: plainServer,
  rows: [
    ...allCommands.map((line): Row => ({ line, options: at(unreachable) })),
    ...allCommands.map(
      (line, i): Row => ({
        line,
        options: (server) => ['-s', `unix://${join(server.dir, 'stale.sock')}`],
        ...(i === 0 ? { before: (server) => makeStale(server.dir) } : {}),
      }),
    ),
    { line: 'status', options: at('http://127.0.0.1:1') },
    { line: 'status', options: at('http://localhost:1') },
    { line: 'reread', options: at('http://127.0.0.1:1') },
    { line: 'status', options: at('https://127.0.0.1:1') },
    { line: 'status', options: at('unix:relative') },
    { line: 'status', options: at(`unix:///tmp/${'x'.repeat(103)}`) },
    { line: 'reread', options: at('http://127.0.0.1:99999') },
    { line: 'version', options: at('http://127.0.0.1:abc') },
    { line: 'version', options: at('http://[::1]:1') },
    { line: 'version', options: at('http://user:pw@127.0.0.1:1/path?x') },
    { line: 'version', options: at('http://nonexistent.invalid:1') },
    { line: 'status', options: (server) => ['-s', `unix://${server.dir}`] },
    { line: 'reread', options: (server) => ['-s', `unix://${server.configFile}/x`] },
    { line: 'status', options: (server) => ['-s', server.url] },
    { line: `open ${unreachable}` },
    { line: 'open nothing' },
    { line: 'open' },
    { line: 'open https://127.0.0.1:1' },
    { line: 'open http://127.0.0.1:1' },
    { line: 'status', options: () => ['-s', 'foo'] },
    { line: 'status', options: () => ['--serverurl', "it's"] },
    { line: 'status', options: () => ['-s', 'http://'] },
    { line: 'status', options: () => ['-s', 'http:'] },
    {
      line: 'status',
      options: () => ['-s', unreachable, '--serverurl', unreachable],
      deviation: 'ctl-several-servers',
    },
    { line: 'status', options: () => ['-i', '-i'] },
    { line: 'status', options: () => ['-z'] },
    { line: 'status', options: () => ['--nope'] },
    { line: 'status', options: () => ['--interactive=1'] },
    { line: [], options: () => ['-c'] },
    { line: [], options: () => ['-s', unreachable, '-c'] },
    { line: 'status', options: () => ['-c', '/nonexistent.conf'] },
    { line: 'status', options: (server) => ['-c', join(server.dir, 'nosection.conf')], before: writeOdd },
    { line: 'status', options: (server) => ['-s', unreachable, '-c', join(server.dir, 'nosection.conf')] },
    { line: 'status', options: (server) => ['-c', join(server.dir, 'broken.conf')], deviation: 'ctl-broken-config' },
    { line: 'status', options: (server) => ['--conf', join(server.dir, 'prompt.conf')] },
    { line: [], options: (server) => ['-c', join(server.dir, 'prompt.conf')], stdin: 'version\n' },
    { line: 'status', options: () => ['-v'], deviation: 'ctl-version-flag' },
    { line: [], options: () => ['-h'], deviation: 'ctl-usage-wording' },
    { line: 'status', options: (server) => ['-s', server.url, '--history-file', 'h'], deviation: 'ctl-history-flag' },
  ],
};

async function writeOdd({ dir }: { dir: string }): Promise<void> {
  writeFileSync(join(dir, 'nosection.conf'), '[supervisord]\nlogfile=x\n');
  writeFileSync(join(dir, 'broken.conf'), 'no section here\n');
  writeFileSync(
    join(dir, 'prompt.conf'),
    '[supervisorctl]\nserverurl = unix://%(here)s/s.sock ; a comment\nprompt = mine\nusername=u\npassword=p\n',
  );
  chmodSync(join(dir, 'prompt.conf'), 0o600);
}

const shell: Scenario = {
  title: 'the shell, fed by a pipe',
  config: `${plainServer}${sleeper('alpha')}${sleeper('num', 'numprocs=2\nprocess_name=%(program_name)s_%(process_num)d')}`,
  rows: [
    { line: [], stdin: '', before: (server) => reaches(server, 'num:num_1', 'RUNNING') },
    { line: [], stdin: 'version\n\n   \nnonsense\nstatus zz\nquit\nversion\n' },
    { line: [], stdin: 'stop alpha\nstart alpha\nrestart num:num_1\nexit\n' },
    { line: [], stdin: 'version' },
    { line: [], stdin: 'EOF\nversion\n' },
    { line: [], stdin: `open ${unreachable}\nstatus\nopen\n` },
    { line: [], stdin: 'shutdown\nn\nreload\n\nstatus alpha\n' },
    { line: [], stdin: 'shutdown' },
    { line: [], stdin: 'reload\n' },
    { line: [], stdin: 'shutdown x\nreload x\n', deviation: 'ctl-graceful-reload' },
    { line: [], options: (server) => ['-i', '-c', server.configFile], stdin: 'pid zz\n' },
    { line: 'shutdown', options: (server) => ['-i', '-c', server.configFile], stdin: 'no\n' },
    { line: 'shutdown', options: (server) => ['-i', '-c', server.configFile], stdin: '' },
    { line: 'reload', options: (server) => ['-i', '-c', server.configFile], stdin: 'n' },
    { line: 'version', options: (server) => ['-i', '-c', server.configFile], stdin: '' },
    { line: [], options: at(unreachable), stdin: 'start x\nquit\n' },
    { line: 'reload x y', deviation: 'ctl-graceful-reload' },
    { line: 'shutdown x' },
    { line: [], stdin: 'shutdown\nYes please\n' },
  ],
};

const restartServer: Scenario = {
  title: 'reload restarts the server',
  config: `${plainServer}${sleeper('alpha')}`,
  rows: [
    { line: 'reload', before: (server) => reaches(server, 'alpha', 'RUNNING') },
    { line: 'status', before: (server) => holds(server, 'main.log', 'supervisord started', 2) },
  ],
};

const stopping: Scenario = {
  title: 'a server that is shutting down',
  config: `${plainServer}
[program:stubborn]
command=/bin/sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done'
stopwaitsecs=30
startsecs=0
stdout_logfile=%(here)s/stubborn.out
`,
  rows: [
    { line: 'shutdown', before: (server) => holds(server, 'stubborn.out', 'ready') },
    ...rows('shutdown', 'reload', 'status', 'start stubborn', 'reread', 'update', 'add x', 'remove x', 'avail', 'pid'),
    ...rows('version', 'tail stubborn', 'maintail'),
  ],
};

const wrongPassword = (server: { url: string }): string[] => ['-s', server.url, '-u', 'user', '-p', 'wrong'];
const rightPassword = (server: { url: string }): string[] => ['-s', server.url, '-u', 'user', '-p', 'pass:word'];

const guarded: Scenario = {
  title: 'a password',
  config: `${plainServer.replace('s.sock\n', 's.sock\nusername=user\npassword=pass:word\n')}${sleeper('alpha', 'autostart=false')}`,
  rows: [
    { line: 'status alpha', options: rightPassword },
    { line: 'status', options: wrongPassword, deviation: 'ctl-401-once' },
    { line: 'reread', deviation: 'ctl-401-once' },
    { line: 'tail -f alpha', options: wrongPassword, deviation: 'ctl-401-once' },
    { line: 'status', options: (server) => ['-s', server.url, '-u', 'user'], deviation: 'ctl-401-once' },
    { line: [], options: wrongPassword, stdin: 'user\npass:word\nversion\n' },
    { line: [], stdin: 'user\nbad\nuser\npass:word\nversion\n' },
    { line: 'version', options: (server) => ['-i', '-s', server.url], stdin: 'user\npass:word\n' },
    { line: 'version', options: (server) => ['-i', '-s', server.url], stdin: 'user\n' },
  ],
};

const noInterface: Scenario = {
  title: 'a server without the supervisor namespace',
  config: plainServer.replace(/\[rpcinterface.*\n.*\n/, ''),
  rows: rows('status', 'start x', 'version', 'reread', 'update', 'avail', 'add x', 'shutdown', 'reload'),
};

const empty: Scenario = {
  title: 'a server without programs',
  config: plainServer,
  rows: rows(
    'status',
    'start all',
    'stop all',
    'restart all',
    'pid all',
    'clear all',
    'signal HUP all',
    'avail',
    'reread',
    'update',
  ),
};

export const scenarios: readonly Scenario[] = [
  status,
  logs,
  update,
  connection,
  shell,
  restartServer,
  stopping,
  guarded,
  noInterface,
  empty,
];
