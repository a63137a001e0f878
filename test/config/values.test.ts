import { homedir } from 'node:os';
import { describeRows, inProgram, program, type Row } from './rows.ts';

function good(key: string, text: string, wanted: unknown, shownAs = key): Row {
  return { it: `${key}=${text}`, file: program(`${key}=${text}`), process: { [shownAs]: wanted } };
}

function bad(key: string, text: string, error: string): Row {
  return { it: `refuses ${key}=${text}`, file: program(`${key}=${text}`), error: error + inProgram };
}

const notInteger = (text: string) => `invalid literal for int() with base 10: '${text}'`;

describeRows('an integer', [
  good('startsecs', '10', 10),
  good('startsecs', '010', 10),
  good('startsecs', '-1', -1),
  good('startsecs', '+1_000', 1000),
  ...['', 'x', '1.5', '0x10', '1e3', '1__0', '_1', '1 0'].map((text) => bad('startsecs', text, notInteger(text))),
]);

describeRows('a boolean', [
  ...['yes', 'TRUE', 'On', '1'].map((text) => good('autostart', text, true)),
  ...['no', 'False', 'oFF', '0'].map((text) => good('autostart', text, false)),
  ...['', 'y', 'enabled', '2'].map((text) => bad('autostart', text, `not a valid boolean value: '${text}'`)),
]);

describeRows('a size', [
  good('stdout_logfile_maxbytes', '0', 0),
  good('stdout_logfile_maxbytes', '1024', 1024),
  good('stdout_logfile_maxbytes', '1KB', 1024),
  good('stdout_logfile_maxbytes', '50 mb', 50 * 1024 ** 2),
  good('stdout_logfile_maxbytes', '2Gb', 2 * 1024 ** 3),
  bad('stdout_logfile_maxbytes', '', notInteger('')),
  bad('stdout_logfile_maxbytes', '1K', notInteger('1k')),
  bad('stdout_logfile_maxbytes', '1TB', notInteger('1tb')),
  bad('stdout_logfile_maxbytes', '1.5MB', notInteger('1.5')),
  {
    it: 'below 0 is 0',
    file: program('stdout_logfile_maxbytes=-1'),
    process: { stdout_logfile_maxbytes: 0 },
    own: true,
  },
]);

describeRows('an octal number', [
  good('umask', '022', 0o22),
  good('umask', '22', 0o22),
  good('umask', '0o22', 0o22),
  ...['8', '', '0x1', 'rwx'].map((text) => bad('umask', text, `${text} can not be converted to an octal type`)),
]);

describeRows('a signal', [
  ...['TERM', 'SIGTERM', 'term', ' sigTerm ', '15', ' 15 '].map((text) => good('stopsignal', text, 15)),
  good('stopsignal', 'USR2', 12),
  good('stopsignal', 'RTMIN', 34),
  good('stopsignal', '64', 64),
  good('stopsignal', 'CLD', 17),
  good('stopsignal', 'IO', 29),
  good('stopsignal', '0', 0),
  bad('stopsignal', 'TREM', "value 'TREM' is not a valid signal name"),
  bad('stopsignal', '', "value '' is not a valid signal name"),
  bad('stopsignal', '33', "value '33' is not a valid signal number"),
  bad('stopsignal', '-1', "value '-1' is not a valid signal number"),
]);

describeRows('exit codes', [
  good('exitcodes', '0,2', [0, 2]),
  good('exitcodes', ' 1 , 255 ', [1, 255]),
  good('exitcodes', '', []),
  ...['256', '-1', '0,', ',', 'x', '0 2'].map((text) =>
    bad('exitcodes', text, `not a valid list of exit codes: '${text}'`),
  ),
]);

describeRows('autorestart', [
  good('autorestart', 'true', true),
  good('autorestart', 'OFF', false),
  good('autorestart', 'Unexpected', 'unexpected'),
  bad('autorestart', 'Sometimes', "invalid 'autorestart' value 'sometimes'"),
]);

describeRows('a user', [
  good('user', 'root', 0, 'uid'),
  good('user', '0', 0, 'uid'),
  good('user', 'daemon', 1, 'uid'),
  bad('user', 'no-such-user', 'Invalid user name no-such-user'),
  bad('user', '4294967294', 'Invalid user id 4294967294'),
  bad('user', '-1', 'Invalid user id -1'),
  bad('user', '', 'Invalid user name '),
]);

describeRows('a log file', [
  good('stdout_logfile', 'AUTO', 'AUTO'),
  good('stdout_logfile', 'auto', 'AUTO'),
  good('stdout_logfile', 'NONE', null),
  good('stdout_logfile', 'Off', null),
  good('stdout_logfile', '', null),
  good('stdout_logfile', 'x.log', 'x.log'),
  good('stdout_logfile', '/tmp/x.log', '/tmp/x.log'),
  good('stdout_logfile', '~/x.log', `${homedir()}/x.log`),
  good('stdout_logfile', '~root/x.log', '/root/x.log'),
  good('stdout_logfile', '/tmp/%(program_name)s-%(ENV_FOO)s.log', '/tmp/p-bar.log'),
  bad('stdout_logfile', '/no/such/x.log', 'The directory named as part of the path /no/such/x.log does not exist'),
  bad('stdout_logfile', '~nobody-knows/x', 'The directory named as part of the path ~nobody-knows/x does not exist'),
  {
    it: 'syslog is syslog and no file, with a warning',
    file: program('stderr_logfile=Syslog'),
    process: { stderr_logfile: null, stderr_syslog: true, stdout_syslog: false },
    warnings: [
      'For [program:p], stderr_logfile=syslog but this is deprecated and will be removed.  Use stderr_syslog=true to enable syslog instead.',
    ],
  },
  {
    it: 'AUTO that is never rotated has a warning',
    file: program('stdout_logfile_maxbytes=0'),
    warnings: [
      'For [program:p], AUTO logging used for stdout_logfile without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally',
    ],
  },
  {
    it: 'of stderr is none with redirect_stderr',
    file: program('redirect_stderr=true'),
    process: { redirect_stderr: true, stderr_logfile: null, stdout_logfile: 'AUTO' },
    warnings: [],
  },
  {
    it: 'of stderr that is named has a warning with redirect_stderr',
    file: program('redirect_stderr=true\nstderr_logfile=/tmp/x'),
    process: { stderr_logfile: null },
    warnings: [
      'For [program:p], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored',
    ],
  },
]);

describeRows('a name', [
  ...[' ', ':', '/'].map(
    (char): Row => ({
      it: `must not contain '${char}'`,
      file: `[supervisord]\n[program:a${char}b]\ncommand=x\n`,
      error: `Invalid name: 'a${char}b' because of character: '${char}'`,
    }),
  ),
  { it: 'is trimmed', file: '[supervisord]\n[program: p ]\ncommand=x\n', names: ['p:p'] },
  bad('process_name', 'a b', "Invalid name: 'a b' because of character: ' '"),
]);

describeRows('serverurl', [
  good('serverurl', 'AUTO', null),
  good('serverurl', ' auto ', null),
  good('serverurl', 'http://x:1', 'http://x:1'),
  good('serverurl', '', ''),
]);
