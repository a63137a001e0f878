/** Random configuration files: mostly right, with what people get wrong and what the dialect makes of it. */
import fc from 'fast-check';

const names = [
  'ENV_FOO',
  'ENV_EMPTY',
  'ENV_PCT',
  'here',
  'host_node_name',
  'program_name',
  'group_name',
  'process_num',
  'numprocs',
  'nope',
  '',
];

/** A bare `%s`: Python prints the whole mapping in its place, hupd refuses it (see the deviations table). */
function hasBareConversion(text: string): boolean {
  return /%[-+ #0-9.hlL]*[rsa]/.test(text);
}

/** A piece of a `%` format, right or wrong. */
const percent: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...names).map((name) => `%(${name})s`) },
  { weight: 1, arbitrary: fc.constant('%%') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...names, 'a(b)c'),
        fc.constantFrom('', '0', '-', '+', ' ', '#', '0-', '+0', '# '),
        fc.constantFrom('', '2', '05', '12'),
        fc.constantFrom('', '.', '.0', '.3', '.*', '.12'),
        fc.constantFrom('', 'h', 'l', 'L', 'll'),
        fc.constantFrom(...'diouxXeEfFgGcrsaYz%(é'),
      )
      .map(
        ([name, flags, width, precision, length, conversion]) =>
          `%(${name})${flags}${width}${precision}${length}${conversion}`,
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('%', '%(', '%(here', '%(here)', '%d', '%5x', '%f', '%c', '%Y', '%*d', '% %', '%5%'),
  },
);

const literal = fc.constantFrom(
  'a',
  'B',
  '1',
  '0',
  '.',
  '/',
  '-',
  '_',
  ',',
  ' ',
  '"',
  "'",
  '\\',
  'é',
  '\u{1f600}',
  '~',
  '$',
  '=',
  ':',
  '[',
  ']',
);

export const formatText = fc
  .array(fc.oneof(literal, { weight: 1, arbitrary: percent }), { maxLength: 8 })
  .map((parts) => parts.join(''))
  .filter((text) => !hasBareConversion(text));

export const environmentText = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('A=1', 'B="x y"', "C='q'", ',', ', ', 'D=/a/b:c', 'E="a,b"', 'F=""', 'G=-x(1)'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          '=',
          '"',
          "'",
          '#',
          '\n',
          ' ',
          '\\',
          ';',
          '@',
          '$',
          'a',
          'é',
          '?',
          '"a"b',
          'a"b',
          '\'"x"\'',
          '%',
        ),
      },
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** Lines of anything. */
export const soup = fc
  .array(
    fc.array(
      fc.constantFrom(
        '[a]',
        '[',
        ']',
        'k',
        'K2',
        '=',
        ':',
        ' ',
        '  ',
        '\t',
        ';',
        '#',
        'v',
        'x y',
        '"',
        '\f',
        '\v',
        '\u2028',
        '\u00a0',
        '\u001c',
        '\u0085',
        'é',
        '__proto__',
        'a.b',
        'true',
        'k[]',
        '[DEFAULT]',
        '%',
        '\\',
        '[b] ; c',
        'İ',
      ),
      { maxLength: 6 },
    ),
    { maxLength: 12 },
  )
  .chain((lines) =>
    fc
      .tuple(
        fc.constantFrom('[s]\n', '[s]\n', '[s]\nk=v\n', ''),
        fc.constantFrom('\n', '\n', '\r\n', '\r'),
        fc.boolean(),
      )
      .map(([head, end, final]) => head + lines.map((line) => line.join('')).join(end) + (final ? end : '')),
  );

/** Values that do, and values that do not or that depend. */
interface Values {
  readonly good: readonly string[];
  readonly odd: readonly string[];
}

function values(good: readonly string[], odd: readonly string[]): Values {
  return { good, odd };
}

const integers = values(['0', '1', '10', '-1', '007', '1_000', '+3', '65535'], ['x', '1.5', '0x10', '', '1__0']);
const booleans = values(['true', 'false', 'Yes', 'oFF', '1', '0', 'on'], ['maybe', '', 'unexpected']);
const noes = values(['false', 'oFF', '0'], ['true', 'maybe']);
const sizes = values(['0', '1', '50MB', '1 kb', '2gB', '10kb'], ['1K', '1.5MB', '', 'MB']);
const octals = values(['022', '0o77', '700', '-1', '0_2'], ['8', 'x', '']);
const signals = values(
  ['TERM', 'SIGKILL', 'hup', 'usr1', '9', '0', '64', 'RTMIN', 'sigcld', 'IO'],
  ['33', 'TREM', '-1', '', '65'],
);
const users = values(['root', '0', 'daemon', 'nobody', '1'], ['no-such-user', '4294967295', '-1', '99999', '']);
const logs = values(
  ['AUTO', 'none', 'OFF', 'syslog', '/tmp/x.log', 'x.log', '', '~/x', '%(here)s/x.log', '/tmp/%(program_name)s.log'],
  ['/no/such/dir/x', '%(process_num)s', '%%'],
);
const paths = values(['/tmp/x', 'x', '~/x', '%(here)s/x', './x', '/tmp/../tmp//y', ''], ['/no/such/x']);
const directories = values(['/tmp', '/', '~', '.', '%(here)s'], ['/no/such', '', '/tmp/%(ENV_FOO)s']);
const commands = values(
  [
    '/bin/cat',
    'cat -n',
    'a %(program_name)s',
    '%(process_num)02d',
    '"x',
    '',
    'date +%%Y',
    'x ; y',
    'x;y',
    '%(ENV_FOO)s',
  ],
  ['date +%Y', '%(ENV_KEY)s', '%(nope)s'],
);
const environments = values(
  ['A=1', 'KEY="v",B="x y"', 'KEY=%(ENV_FOO)s', 'FOO="%(ENV_FOO)s2"', '', 'X="a%%b"', 'A=1,', 'PATH="/x:%(ENV_PATH)s"'],
  ['A', 'A=', 'A="x', 'KEY="%(process_num)s"'],
);

type Pool = Readonly<Record<string, Values>>;

const programKeys: Pool = {
  command: commands,
  process_name: values(
    ['%(program_name)s_%(process_num)02d', 'p%(process_num)d', '%(group_name)s%(process_num)s'],
    ['%(program_name)s', 'x y', 'a:b', '%(process_num)', '%(nope)s', 'fixed'],
  ),
  numprocs: values(['0', '1', '-1'], ['2', '3', '11', 'x']),
  numprocs_start: values(['0', '1', '7'], ['x']),
  priority: integers,
  autostart: booleans,
  autorestart: values([...booleans.good, 'unexpected', 'UNEXPECTED'], ['maybe', '']),
  startsecs: integers,
  startretries: integers,
  exitcodes: values(['0', '0,2', '1 , 2', ''], ['256', '-1', 'x', '1,', ',']),
  stopsignal: signals,
  stopwaitsecs: integers,
  stopasgroup: booleans,
  killasgroup: values(['true', 'on'], ['false', 'x']),
  user: users,
  umask: octals,
  directory: directories,
  environment: environments,
  redirect_stderr: booleans,
  stdout_logfile: logs,
  stderr_logfile: logs,
  stdout_logfile_maxbytes: sizes,
  stderr_logfile_maxbytes: sizes,
  stdout_logfile_backups: integers,
  stderr_logfile_backups: integers,
  stdout_capture_maxbytes: sizes,
  stderr_capture_maxbytes: sizes,
  stdout_events_enabled: booleans,
  stderr_events_enabled: booleans,
  stdout_syslog: booleans,
  stderr_syslog: booleans,
  serverurl: values(['AUTO', 'auto', 'http://x:1', '', 'unix:///x'], ['%']),
};

const supervisordKeys: Pool = {
  logfile: values([...paths.good, 'syslog', 'NONE'], paths.odd),
  logfile_maxbytes: sizes,
  logfile_backups: integers,
  loglevel: values(['info', 'DEBUG', 'warn', 'blather', 'critical'], ['warning', '']),
  pidfile: paths,
  umask: octals,
  nodaemon: booleans,
  silent: booleans,
  nocleanup: booleans,
  strip_ansi: booleans,
  minfds: integers,
  minprocs: integers,
  childlogdir: directories,
  user: users,
  directory: directories,
  identifier: values(['x', '%(ENV_FOO)s', ''], ['%(host_node_name)s']),
  environment: values(environments.good, ['A', 'A="x', '%']),
};

const credentials = {
  username: values(['u', '', '%(ENV_FOO)s'], ['%']),
  password: values(['p', '{SHA}aa', ''], ['%']),
};
const mainInterface = 'supervisor.rpcinterface:make_main_rpcinterface';

interface SectionPool {
  readonly titles: Values;
  readonly keys: Pool;
  readonly required: readonly string[];
}

const daemonPool: SectionPool = {
  titles: values(['supervisord'], ['Supervisord']),
  keys: supervisordKeys,
  required: [],
};

const sectionPools: readonly SectionPool[] = [
  {
    titles: values(['program:a', 'program:b', 'program:c'], ['program:a b', 'program:', 'program: d ', 'program']),
    keys: programKeys,
    required: ['command'],
  },
  {
    titles: values(['eventlistener:e', 'eventlistener:l'], ['eventlistener:x y']),
    keys: {
      ...programKeys,
      redirect_stderr: noes,
      events: values(['TICK_5', 'tick_5,EVENT', 'PROCESS_STATE, process_log'], ['EVENT,', 'NOPE', '']),
      buffer_size: values(['1', '10'], ['0', 'x']),
      result_handler: values(['supervisor.dispatchers:default_handler'], ['no_such:x']),
    },
    required: ['command', 'events'],
  },
  {
    titles: values(['fcgi-program:f', 'fcgi-program:g'], ['fcgi-program:h i']),
    keys: {
      ...programKeys,
      socket: values(
        ['unix:///tmp/f.sock', 'unix:///tmp/%(program_name)s//x', 'unix:////tmp/./x'],
        ['tcp://localhost:9000', 'tcp://Host:70000', 'x', 'unix://rel', ''],
      ),
      socket_backlog: values(['1', '100'], ['0', 'x', '65536']),
      socket_owner: values(['root', 'daemon', '1'], ['nope', 'root:']),
      socket_mode: octals,
    },
    required: ['command', 'socket'],
  },
  {
    titles: values(['group:g', 'group:h', 'group:i'], ['group:h i', 'group:a']),
    keys: {
      programs: values(['', 'a', 'b'], ['a,b', 'b, c', 'a,', 'nope', 'c,a']),
      priority: integers,
    },
    required: ['programs'],
  },
  {
    titles: values(['inet_http_server', 'inet_http_server:b', 'inet_http_server2'], []),
    keys: {
      ...credentials,
      port: values(['9001', '127.0.0.1:9001', '*:1', ':80', 'HOST:1'], ['x', '0', 'a:', 'H:99999', '']),
    },
    required: ['port', 'username', 'password'],
  },
  {
    titles: values(['unix_http_server', 'unix_http_server:x'], []),
    keys: {
      ...credentials,
      file: values([...paths.good, '%(here)s/s.sock'], paths.odd),
      chmod: octals,
      chown: values(['root', 'daemon', '1'], ['nope', 'root:']),
    },
    required: ['file', 'username', 'password'],
  },
  {
    titles: values(['rpcinterface:supervisor'], ['rpcinterface:x']),
    keys: {
      'supervisor.rpcinterface_factory': values(
        [mainInterface],
        ['no_such_module:x', 'x y', mainInterface.replace(':', ' : '), ''],
      ),
      extra: values(['1', '%(ENV_FOO)s'], ['%(here)s']),
    },
    required: ['supervisor.rpcinterface_factory'],
  },
  {
    titles: values(['DEFAULT'], []),
    keys: { autostart: booleans, priority: integers, command: commands },
    required: [],
  },
  {
    titles: values(['unknown:x', 'supervisorctl', 'a.b', '__proto__'], []),
    keys: { x: values(['%', '1'], []), autostart: booleans },
    required: [],
  },
];

/** How often something is odd, of a hundred. */
type Oddity = 0 | 3 | 40;

function optionLine(key: string, { good, odd }: Values, oddity: Oddity): fc.Arbitrary<string> {
  const value = fc.oneof(
    { weight: 100 - oddity, arbitrary: fc.constantFrom(...good) },
    { weight: odd.length > 0 ? oddity : 0, arbitrary: fc.constantFrom(...odd, '') },
    { weight: Math.ceil(oddity / 3), arbitrary: formatText },
  );
  const decoration = fc.oneof(
    { weight: 100, arbitrary: fc.constantFrom('', '', '', ' ; note', ' #note', '  ', '\n ; note') },
    { weight: oddity, arbitrary: fc.constantFrom(';x', '\n  more', '\n\n  more', '\n ; note\n  more') },
  );
  const separator = fc.constantFrom('=', '=', ' = ', ':', ' : ', '=  ');
  return fc
    .tuple(fc.constantFrom(key, key, key, key.toUpperCase()), separator, value, decoration)
    .map((parts) => parts.join(''));
}

function sectionText({ titles, keys, required }: SectionPool, oddity: Oddity): fc.Arbitrary<string> {
  const optional = Object.keys(keys).filter((key) => !required.includes(key));
  const chosen = fc.subarray(optional, { maxLength: Math.min(optional.length, 6) });
  const title = fc.oneof(
    { weight: 100 - oddity, arbitrary: fc.constantFrom(...titles.good) },
    { weight: titles.odd.length > 0 ? oddity : 0, arbitrary: fc.constantFrom(...titles.odd, '') },
  );
  const kept = fc.oneof(
    { weight: 100, arbitrary: fc.constant(required) },
    { weight: oddity, arbitrary: fc.subarray([...required]) },
  );
  return fc.tuple(title, kept, chosen).chain(([name, first, more]) => {
    const lines = [...first, ...more].map((key) => optionLine(key, keys[key] ?? booleans, oddity));
    return fc.tuple(...lines).map((made) => `[${name}]\n${made.map((line) => `${line}\n`).join('')}`);
  });
}

const junk = fc.constantFrom(' [indented]\n', 'no delimiter\n', '= empty key\n', 'k = v\n', '[unclosed\n');

/** A whole file: `[supervisord]` is nearly always there, and comes first or last. */
function wholeFile(oddity: Oddity): fc.Arbitrary<string> {
  const section = fc
    .constantFrom(...sectionPools, ...sectionPools.slice(0, 3))
    .chain((pool) => sectionText(pool, oddity));
  const odd = (arbitrary: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 200, arbitrary: fc.constant('') }, { weight: oddity, arbitrary });
  const daemon = fc.oneof(
    { weight: 200, arbitrary: sectionText(daemonPool, oddity) },
    { weight: oddity, arbitrary: fc.constant('') },
  );
  return fc
    .tuple(fc.array(section, { maxLength: 6 }), daemon, fc.boolean(), odd(junk))
    .map(([sections, main, first, line]) => (first ? [main, line, ...sections] : [...sections, line, main]).join(''))
    .filter((text) => !hasBareConversion(text));
}

export const configText = fc.constantFrom<Oddity>(0, 3, 3, 40).chain(wholeFile);

/** Several files, by path below the directory, which they know by its name `here` only. */
export const configFiles: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .tuple(
    fc.constantFrom<Oddity>(0, 0, 3).chain(wholeFile),
    wholeFile(0),
    fc.constantFrom<Oddity>(0, 0, 0, 3, 40).chain(wholeFile),
    fc.constantFrom(
      'conf.d/*.conf',
      '%(here)s/conf.d/*',
      'conf.d/a.conf no/such',
      'conf.d/[!b]*.conf',
      '*.d/?.conf',
      '%(ENV_FOO)s',
      '%',
      '',
    ),
    fc.constantFrom('', '', 'files', 'conf.d/a.conf'),
  )
  .map(([main, a, b, patterns, odd]) => ({
    'x.conf': `${main}[include]\n${odd === 'files' ? '' : `files = ${patterns} ${odd}`}\n`,
    'conf.d/a.conf': a,
    'conf.d/b.conf': b,
    'conf.d/.hidden.conf': 'not read\n',
  }))
  // Once there is an [include], supervisord mangles a literal %(here)s, and makes one in [DEFAULT] stick to sections (see the deviations
  // table).
  .filter((files) => !Object.values(files).some((text) => /%%\(here\)s|\[DEFAULT\].*%\(here\)s/s.test(text)));
