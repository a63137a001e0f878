import { describeRows, inProgram, program, type Row } from './rows.ts';

const defaults = {
  name: 'p',
  uid: null,
  command: '/bin/p',
  directory: null,
  umask: null,
  priority: 999,
  autostart: true,
  autorestart: 'unexpected',
  startsecs: 1,
  startretries: 3,
  stopsignal: 15,
  stopwaitsecs: 10,
  stopasgroup: false,
  killasgroup: false,
  exitcodes: [0],
  redirect_stderr: false,
  environment: {},
  serverurl: null,
  stdout_logfile: 'AUTO',
  stdout_logfile_maxbytes: 50 * 1024 ** 2,
  stdout_logfile_backups: 10,
  stdout_capture_maxbytes: 0,
  stdout_events_enabled: false,
  stdout_syslog: false,
  stderr_logfile: 'AUTO',
  stderr_logfile_maxbytes: 50 * 1024 ** 2,
  stderr_logfile_backups: 10,
  stderr_capture_maxbytes: 0,
  stderr_events_enabled: false,
  stderr_syslog: false,
};

describeRows('a program', [
  {
    it: 'has defaults',
    file: program(''),
    process: defaults,
    group: { kind: 'plain', name: 'p', priority: 999 },
    warnings: [],
  },
  {
    it: 'needs a command',
    file: '[supervisord]\n[program:p]\n',
    error: `program section program:p does not specify a command${inProgram}`,
  },
  { it: 'may have an empty command, which fails at its start', file: program('command='), process: { command: '' } },
  {
    it: 'may have a command that cannot be split, which fails at its start',
    file: program('command="x'),
    process: { command: '"x' },
  },
  { it: 'has a directory as written', file: program('directory=~/x y/'), process: { directory: '~/x y/' } },
  {
    it: 'has the priority of its group',
    file: program('priority=5'),
    process: { priority: 5 },
    group: { priority: 5 },
  },
  { it: 'may be none', file: program('numprocs=0'), names: [] },
  { it: 'may be fewer than none', file: program('numprocs=-3'), names: [] },
  { it: 'of which there is none needs no command', file: '[supervisord]\n[program:p]\nnumprocs=0\n', names: [] },
  {
    it: 'of which there are several needs names for them',
    file: program('numprocs=2'),
    error: `%(process_num) must be present within process_name when numprocs > 1${inProgram}`,
  },
  {
    it: 'counts from numprocs_start',
    file: program('numprocs=2\nnumprocs_start=9\nprocess_name=w%(process_num)02d'),
    names: ['p:w09', 'p:w10'],
  },
  {
    it: 'that is stopped as a group is killed as a group',
    file: program('stopasgroup=true'),
    process: { stopasgroup: true, killasgroup: true },
  },
  {
    it: 'that is stopped as a group must be killed as a group',
    file: program('stopasgroup=true\nkillasgroup=false'),
    error: `Cannot set stopasgroup=true and killasgroup=false${inProgram}`,
  },
  {
    it: 'keeps a variable of the process before it',
    file: program('numprocs=2\nprocess_name=%(process_num)s\nenvironment=A%(process_num)s=x\ncommand=%(ENV_A0)s'),
    names: ['p:0', 'p:1'],
  },
]);

const two = '[supervisord]\n[program:a]\ncommand=a\n[program:b]\ncommand=b\n';

describeRows('a group', [
  {
    it: 'takes programs in its order, and no other group has them',
    file: `${two}[group:g]\nprograms=b, a\n`,
    names: ['g:b', 'g:a'],
    group: { priority: 999 },
  },
  { it: 'has a priority', file: `${two}[group:g]\nprograms=b\npriority=1\n`, names: ['g:b', 'a:a'] },
  { it: 'may be empty', file: '[supervisord]\n[group:g]\n', names: [], group: { name: 'g' } },
  {
    it: 'may share a program with another',
    file: `${two}[group:g]\nprograms=a\n[group:h]\nprograms=a,b\n`,
    names: ['g:a', 'h:a', 'h:b'],
  },
  {
    it: 'is known to its programs',
    file: `${two.replace('command=a', 'command=%(group_name)s')}[group:g]\nprograms=a\n`,
    names: ['b:b', 'g:a'],
  },
  {
    it: 'refuses an unknown program',
    file: `${two}[group:g]\nprograms=c\n`,
    error: '[group:g] names unknown program or fcgi-program c',
  },
  {
    it: 'refuses a trailing comma',
    file: `${two}[group:g]\nprograms=a,\n`,
    error: '[group:g] names unknown program or fcgi-program ',
  },
  {
    it: 'refuses a name that two kinds of programs have',
    file: `${two}[fcgi-program:a]\ncommand=x\nsocket=tcp://h:1\n[group:g]\nprograms=a\n`,
    error: '[group:g] name a is ambiguous (exists as program and fcgi-program)',
  },
  {
    it: 'refuses a bad priority',
    file: '[supervisord]\n[group:g]\npriority=x\n',
    error: "invalid literal for int() with base 10: 'x'",
  },
  {
    it: 'refuses a bad name',
    file: '[supervisord]\n[group:a b]\n',
    error: "Invalid name: 'a b' because of character: ' '",
  },
  {
    it: 'comes in order of priority, then of name by code point',
    file:
      ['b', 'a', '\uffee', '\u{1f600}', 'Z'].map((name) => `[program:${name}]\ncommand=x\n`).join('') +
      '[supervisord]\n[program:first]\ncommand=x\npriority=-5\n',
    names: ['first:first', 'Z:Z', 'a:a', 'b:b', '\uffee:\uffee', '\u{1f600}:\u{1f600}'],
  },
]);

const listener = (options: string) => `[supervisord]\n[eventlistener:l]\ncommand=l\n${options}\n`;
const inListener = " in section 'eventlistener:l' (file: 'DIR/x.conf')";

describeRows('an event listener', [
  {
    it: 'has defaults',
    file: listener('events=tick_5, PROCESS_STATE'),
    group: { kind: 'eventlistener', priority: -1, buffer_size: 10, events: ['PROCESS_STATE', 'TICK_5'] },
    process: { priority: 999 },
  },
  {
    it: 'has the priority of its group',
    file: listener('events=EVENT\npriority=3'),
    group: { priority: 3 },
    process: { priority: 3 },
  },
  { it: 'needs events', file: listener(''), error: '[eventlistener:l] section requires an "events" line' },
  {
    it: 'needs events that exist',
    file: listener('events=tick_6'),
    error: 'Unknown event type TICK_6 in [eventlistener:l] events',
  },
  {
    it: 'refuses a trailing comma',
    file: listener('events=TICK_5,'),
    error: 'Unknown event type  in [eventlistener:l] events',
  },
  {
    it: 'needs room for an event',
    file: listener('buffer_size=0'),
    error: '[eventlistener:l] section sets invalid buffer_size (0)',
  },
  {
    it: 'must not mix its stderr into its answers',
    file: listener('events=EVENT\nredirect_stderr=true'),
    error:
      '[eventlistener:l] section sets redirect_stderr=true but this is not allowed because it will interfere with the eventlistener protocol',
  },
  {
    it: 'may capture its stdout, in vain',
    file: listener('events=EVENT\nstdout_capture_maxbytes=1'),
    process: { stdout_capture_maxbytes: 1 },
  },
  {
    it: 'has its results judged by known Python only',
    file: listener('result_handler=my.module:judge'),
    error: 'my.module:judge cannot be resolved within [eventlistener:l]',
  },
  {
    it: 'has the errors of a program',
    file: listener('events=EVENT\nstartsecs=x'),
    error: `invalid literal for int() with base 10: 'x'${inListener}`,
  },
  {
    it: 'has its name checked with its processes',
    file: '[supervisord]\n[eventlistener:a b]\ncommand=x\nevents=EVENT\n',
    error: "Invalid name: 'a b' because of character: ' ' in section 'eventlistener:a b' (file: 'DIR/x.conf')",
  },
]);

const fcgi = (socket: string, rest = '') => `[supervisord]\n[fcgi-program:f]\ncommand=f\nsocket=${socket}\n${rest}`;

function badSocket(socket: string, error: string): Row {
  return { it: `refuses ${socket}`, file: fcgi(socket), error: `${error} in [fcgi-program:f] socket` };
}

const unixOnly =
  'socket_owner and socket_mode params should only be used with a Unix domain socket in [fcgi-program:f] socket';

describeRows('an fcgi-program', [
  {
    it: 'has a unix socket',
    file: fcgi('unix:///tmp/../tmp//%(program_name)s.sock'),
    group: { kind: 'fcgi', socket: 'unix:///tmp/f.sock', backlog: null, owner: null, mode: 0o700 },
  },
  {
    it: 'has a TCP socket',
    file: fcgi('tcp://LocalHost:9000', 'socket_backlog=5\n'),
    group: { socket: 'tcp://localhost:9000', backlog: 5, mode: null },
  },
  { it: 'gives its socket to its user', file: fcgi('unix:///tmp/s', 'user=daemon\n'), group: { owner: [1, 1] } },
  {
    it: 'has a mode and an owner for its socket',
    file: fcgi('unix:///tmp/s', 'socket_owner=daemon\nsocket_mode=0660\n'),
    group: { owner: [1, -1], mode: 0o660 },
  },
  {
    it: 'needs a socket',
    file: '[supervisord]\n[fcgi-program:f]\ncommand=f\n',
    error: '[fcgi-program:f] section requires a "socket" line',
  },
  { it: 'needs a socket with a name', file: fcgi(''), error: '[fcgi-program:f] section requires a "socket" line' },
  badSocket('nonsense', "('Bad socket format %s', 'nonsense')"),
  badSocket('tcp://h', "('Bad socket format %s', 'tcp://h')"),
  badSocket('tcp://[::1]:80', "('Bad socket format %s', 'tcp://[::1]:80')"),
  badSocket('unix://x', "('Unix socket path %s is not an absolute path', 'x')"),
  badSocket('tcp://h:70000', '70000 is above upper bound (65535)'),
  { it: 'refuses a mode for a TCP socket', file: fcgi('tcp://h:1', 'socket_mode=0600\n'), error: unixOnly },
  { it: 'refuses an owner for a TCP socket', file: fcgi('tcp://h:1', 'socket_owner=root\n'), error: unixOnly },
  { it: 'refuses a bad mode', file: fcgi('unix:///s', 'socket_mode=9\n'), error: 'Invalid socket_mode value 9' },
  {
    it: 'refuses an unknown owner',
    file: fcgi('unix:///s', 'socket_owner=no-such-user\n'),
    error: 'Invalid socket_owner value no-such-user',
  },
  {
    it: 'refuses a backlog of 0',
    file: fcgi('unix:///s', 'socket_backlog=0\n'),
    error: 'Invalid socket_backlog value 0',
  },
  {
    it: 'refuses a backlog that is no number',
    file: fcgi('unix:///s', 'socket_backlog=x\n'),
    error: "invalid literal for int() with base 10: 'x'",
  },
]);

const rpc = (options: string) => `[supervisord]\n[rpcinterface:supervisor]\n${options}\n`;
const factory = 'supervisor.rpcinterface_factory';

describeRows('an interface for clients', [
  { it: 'is the main one', file: rpc(`${factory} = supervisor.rpcinterface:make_main_rpcinterface`) },
  { it: 'needs a factory', file: rpc(''), error: `section [rpcinterface:supervisor] does not specify a ${factory}` },
  {
    it: 'written in Python is refused',
    file: rpc(`${factory}=supervisor_no_such.rpcinterface:make`),
    error: 'supervisor_no_such.rpcinterface:make cannot be resolved within [rpcinterface:supervisor]',
  },
  {
    it: 'that is no reference is refused',
    file: rpc(`${factory}=a b`),
    error: `("EntryPoint must be in 'name=module:attrs [extras]' format", 'x=a b')`,
  },
  {
    it: 'takes no options, as is found out when there is a server',
    file: `${rpc(`${factory}=supervisor.rpcinterface:make_main_rpcinterface\nx=1`)}[unix_http_server]\nfile=/tmp/s\n`,
    error: 'Could not make supervisor rpc interface',
    own: true,
  },
]);

describeRows('Python with ignore_python_plugins', [
  {
    it: 'is named in a warning',
    file: '[supervisord]\nignore_python_plugins=true\n[rpcinterface:x]\nsupervisor.rpcinterface_factory=my.own:thing\n[eventlistener:l]\ncommand=l\nevents=EVENT\nresult_handler=my.own:judge\n',
    warnings: [
      'my.own:thing within [rpcinterface:x] is Python code and is ignored (ignore_python_plugins)',
      'my.own:judge within [eventlistener:l] is Python code and is ignored (ignore_python_plugins)',
    ],
    own: true,
  },
]);
