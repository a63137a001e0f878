import { hostname } from 'node:os';
import { describeRows, inProgram, program, type Row } from './rows.ts';

const host = hostname();
const forProgram = 'ENV_FOO, ENV_HOME, ENV_PATH, ENV_PCT, group_name, here, host_node_name, program_name';
const forProcess =
  'ENV_FOO, ENV_HOME, ENV_PATH, ENV_PCT, group_name, here, host_node_name, numprocs, process_num, program_name';
const forGroup = 'ENV_FOO, ENV_HOME, ENV_PATH, ENV_PCT, here';

function unknown(text: string, where: string, name: string, available: string): string {
  return `Format string '${text}' for '${where}' contains names ('${name}') which cannot be expanded. Available names: ${available}`;
}

function good(written: string, command: string): Row {
  return { it: `${written} is ${command}`, file: program(`command=${written}`), process: { command } };
}

function malformed(written: string, reason: string): Row {
  const error = `Format string '${written}' for 'program:p.command' is badly formatted: ${reason}${inProgram}`;
  return { it: `${written} is badly formatted`, file: program(`command=${written}`), error };
}

describeRows('a %(name)s', [
  good('%(program_name)s %(group_name)s %(host_node_name)s', `p p ${host}`),
  good('%(here)s', 'DIR'),
  good('%(ENV_FOO)s', 'bar'),
  good('%(ENV_PCT)s', '5%'),
  good('100%%', '100%'),
  good('%%(x)s %%h:%%p %%P', '%(x)s %h:%p %P'),
  good('%(process_num)02d %(process_num)d %(process_num)s %(numprocs)x', '00 0 0 1'),
  good('%(program_name)-3s|%(program_name)3s|%(ENV_FOO).2s|%(ENV_FOO)r', "p  |  p|ba|'bar'"),
  malformed('a %Y', "unsupported format character 'Y' (0x59) at index 3"),
  malformed('5%', 'incomplete format'),
  malformed('%(here', 'incomplete format key'),
  malformed('%(here)d', '%d format: a real number is required, not str'),
  malformed('%(here)c', '%c requires int or char'),
  malformed('%(here)s %d', 'not enough arguments for format string'),
  {
    it: 'that is unknown is an error that tells the known ones',
    file: program('command=%(nope)s'),
    error: unknown('%(nope)s', 'program:p.command', 'nope', forProcess) + inProgram,
  },
  {
    it: 'process_name does not exist',
    file: program('stdout_logfile=%(process_name)s'),
    error: unknown('%(process_name)s', 'program:p.stdout_logfile', 'process_name', forProcess) + inProgram,
  },
  {
    it: 'process_num is not known to what all processes share',
    file: program('startsecs=%(process_num)s'),
    error: unknown('%(process_num)s', 'program:p.startsecs', 'process_num', forProgram) + inProgram,
  },
  {
    it: 'priority knows the directory and variables only',
    file: program('priority=%(host_node_name)s'),
    error: unknown('%(host_node_name)s', 'program:p.priority', 'host_node_name', forGroup),
  },
  {
    it: 'may stand in any option',
    file: program('startsecs=1%(ENV_NUMBER)s\nenvironment=A=1').replace(
      '[supervisord]',
      '[supervisord]\nenvironment=NUMBER=7',
    ),
    process: { startsecs: 17 },
  },
  {
    it: 'may come from [supervisord] environment',
    file: '[program:p]\ncommand=%(ENV_A)s\n[supervisord]\nenvironment=A="x%%y",FOO="%(ENV_FOO)s2"\n',
    process: { command: 'x%y', environment: { A: 'x%y', FOO: 'bar2' } },
  },
  {
    it: "may come from the program's environment",
    file: program('command=%(ENV_A)s %(ENV_FOO)s\nenvironment=A="%(process_num)s",FOO=mine\ndirectory=/tmp/%(ENV_A)s'),
    process: { command: '0 mine', directory: '/tmp/0', environment: { A: '0', FOO: 'mine' } },
  },
  {
    it: "does not see the program's environment in what all processes share",
    file: program('environment=A=1\nstartsecs=%(ENV_A)s'),
    error: unknown('%(ENV_A)s', 'program:p.startsecs', 'ENV_A', forProgram) + inProgram,
  },
  {
    it: 'comes from the program over [supervisord], and in its own environment= from [supervisord]',
    file: '[supervisord]\nenvironment=FOO=global\n[program:p]\nenvironment=FOO="%(ENV_FOO)s-own"\ncommand=%(ENV_FOO)s\n',
    process: { command: 'global-own', environment: { FOO: 'global-own' } },
  },
  {
    it: 'with process_num makes names, in order of name',
    file: program('numprocs=11\nnumprocs_start=1\nprocess_name=%(program_name)s_%(process_num)d'),
    names: ['p:p_1', 'p:p_10', 'p:p_11', ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `p:p_${n}`)],
  },
  {
    it: 'in the name of a process may be unknown too',
    file: program('process_name=%(nope)s'),
    error: unknown('%(nope)s', 'process_name', 'nope', forProcess) + inProgram,
  },
  {
    it: 'in environment= may be unknown too',
    file: program('environment=A=%(nope)s'),
    error: unknown('A=%(nope)s', 'environment', 'nope', forProcess) + inProgram,
  },
  {
    it: 'here is not known to an inet server',
    file: '[supervisord]\n[inet_http_server]\nport=%(here)s\n',
    error: unknown('%(here)s', 'inet_http_server.port', 'here', 'ENV_FOO, ENV_HOME, ENV_PATH, ENV_PCT'),
  },
  {
    it: 'host_node_name is not known to [supervisord] outside of environment=',
    file: '[supervisord]\nidentifier=%(host_node_name)s\n',
    error: unknown('%(host_node_name)s', 'supervisord.identifier', 'host_node_name', forGroup),
  },
  {
    it: 'is expanded before environment= is cut into tokens',
    file: program('environment=A="%(ENV_Q)s"').replace('[supervisord]', "[supervisord]\nenvironment=Q='a\"b'"),
    process: { environment: { Q: 'a"b', A: 'a' } },
  },
  {
    it: 'is expanded before a command is cut into words',
    file: program('command=x "%(ENV_FOO)s"'),
    process: { command: 'x "bar"' },
  },
]);

describeRows('a %(name)s of hupd', [
  {
    it: 'that is known only at a start stays',
    file: program('command=x --fd %(socket_fd)s --gen %(generation)s'),
    process: { command: 'x --fd %(socket_fd)s --gen %(generation)s' },
    own: true,
  },
  {
    it: 'in [supervisord] environment may be host_node_name',
    file: '[supervisord]\nenvironment=A="%(host_node_name)s"\n[program:p]\ncommand=x\n',
    process: { environment: { A: host } },
    own: true,
  },
  {
    it: 'is expanded once in a log file',
    file: program('stdout_logfile=/tmp/%%x'),
    process: { stdout_logfile: '/tmp/%x' },
    own: true,
  },
  {
    it: 'without a name is an error',
    file: program('command=%s'),
    error: `Format string '%s' for 'program:p.command' is badly formatted: not enough arguments for format string${inProgram}`,
    own: true,
  },
]);
