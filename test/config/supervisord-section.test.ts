import { homedir } from 'node:os';
import { describeRows, type Row } from './rows.ts';

function good(key: string, text: string, wanted: unknown): Row {
  return {
    it: `${key}=${text}`,
    file: `[supervisord]\n${key}=${text}\n`,
    daemon: { [key === 'user' ? 'uid' : key]: wanted },
  };
}

function bad(key: string, text: string, error: string): Row {
  return { it: `refuses ${key}=${text}`, file: `[supervisord]\n${key}=${text}\n`, error };
}

const wrong = {
  minfds: ['x', "invalid literal for int() with base 10: 'x'"],
  minprocs: ['y', "invalid literal for int() with base 10: 'y'"],
  directory: ['/no/such', '/no/such is not an existing directory'],
  umask: ['u', 'u can not be converted to an octal type'],
  logfile: ['/no/such/l', 'The directory named as part of the path /no/such/l does not exist'],
  logfile_maxbytes: ['m', "invalid literal for int() with base 10: 'm'"],
  logfile_backups: ['b', "invalid literal for int() with base 10: 'b'"],
  loglevel: ['loud', "bad logging level name 'loud'"],
  pidfile: ['/no/such/p', 'The directory named as part of the path /no/such/p does not exist'],
  identifier: [
    '%(x)s',
    "Format string '%(x)s' for 'supervisord.identifier' contains names ('x') which cannot be expanded. Available names: ENV_FOO, ENV_HOME, ENV_PATH, ENV_PCT, here",
  ],
  nodaemon: ['n', "not a valid boolean value: 'n'"],
  silent: ['s', "not a valid boolean value: 's'"],
  childlogdir: ['/no/such/c', '/no/such/c is not an existing directory'],
  nocleanup: ['k', "not a valid boolean value: 'k'"],
  strip_ansi: ['t', "not a valid boolean value: 't'"],
  environment: ['E', "Unexpected end of key/value pairs in value 'E'"],
} as const;

const keys = Object.keys(wrong) as (keyof typeof wrong)[];

describeRows('[supervisord]', [
  {
    it: 'has defaults',
    file: '[supervisord]\n',
    daemon: {
      minfds: 1024,
      minprocs: 200,
      directory: null,
      uid: null,
      umask: 0o22,
      logfile: 'DIR/supervisord.log',
      logfile_maxbytes: 50 * 1024 ** 2,
      logfile_backups: 10,
      loglevel: 20,
      pidfile: 'DIR/supervisord.pid',
      identifier: 'supervisor',
      nodaemon: false,
      silent: false,
      childlogdir: '/tmp',
      nocleanup: false,
      strip_ansi: false,
    },
  },
  good('logfile', 'syslog', 'syslog'),
  good('logfile', 'NONE', 'DIR/NONE'),
  good('logfile', 'SYSLOG', 'DIR/SYSLOG'),
  good('logfile', '~/./y.log', `${homedir()}/y.log`),
  good('logfile', '/dev/null', '/dev/null'),
  good('pidfile', '%(here)s/p', 'DIR/p'),
  good('childlogdir', '~', homedir()),
  good('directory', '%(here)s', 'DIR'),
  good('user', 'daemon', 1),
  ...['critical', 'error', 'WARN', 'Info', 'debug', 'trace', 'blather'].map((level, i) =>
    good('loglevel', level, [50, 40, 30, 20, 10, 5, 3][i]),
  ),
  bad('loglevel', 'warning', "bad logging level name 'warning'"),
  bad('user', 'no-such-user', 'Invalid user name no-such-user'),
  ...keys.map((key) => bad(key, wrong[key][0], wrong[key][1])),
  // Whatever is wrong from an option on: the first in supervisord's order is told, wherever it stands.
  ...keys.map((key, i): Row => {
    const lines = keys.slice(i).map((one) => `${one}=${wrong[one][0]}\n`);
    return {
      it: `tells ${key} before what supervisord reads later`,
      file: `[inet_http_server]\n[program:p]\n[supervisord]\nuser=no-such-user\n${lines.reverse().join('')}`,
      error: wrong[key][1],
    };
  }),
  {
    it: 'tells a program before a server, and a server before the user',
    file: '[inet_http_server]\n[supervisord]\nuser=no-such-user\n[program:p]\n',
    error: "program section program:p does not specify a command in section 'program:p' (file: 'DIR/x.conf')",
  },
  {
    it: 'tells a server before the user',
    file: '[inet_http_server]\n[supervisord]\nuser=no-such-user\n',
    error: 'section [inet_http_server] has no port value',
  },
]);
