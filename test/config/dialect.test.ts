import { describeRows, type Row } from './rows.ts';

/** The value of `command=` as written in the file, from `k`. */
function value(it: string, written: string, command: string): Row {
  return { it, file: `[supervisord]\n[program:p]\n${written}\n`, process: { command } };
}

describeRows('the dialect', [
  value('cuts a comment that follows a blank', 'command=v ;c', 'v'),
  value('keeps a ; that follows no blank', 'command=v;c', 'v;c'),
  value('keeps a ; right after the =', 'command=;c', ';c'),
  value('cuts a ; after = and a blank', 'command= ;c', ''),
  value('keeps the # of a URL', 'command=http://x/#f', 'http://x/#f'),
  value('cuts a # after a blank', 'command=http://x/ #f', 'http://x/'),
  value('does not see quotes', 'command="a ;b" c', '"a'),
  value('keeps quotes', 'command="v"', '"v"'),
  value('cuts at the first of ; and #', 'command=a;b ;c', 'a;b'),
  value('takes : for =', 'command: v=1', 'v=1'),
  value('takes the first of = and :', 'command=v:1', 'v:1'),
  value('has keys in any case, trimmed', 'CoMMand   =  v  ', 'v'),
  value('continues a value on deeper lines', 'command=a\n  b\n\tc', 'a\nb\nc'),
  value('continues it with what looks like an option or a section', 'command=a\n  x=1\n  [y]', 'a\nx=1\n[y]'),
  value('keeps empty lines within a value, and drops those at its end', 'command=a\n\n  b\n\n', 'a\n\nb'),
  value('skips comment lines within a value', 'command=a\n; c\n  # c\n  b', 'a\nb'),
  value('lets the first line of a value be empty', 'command=\n  a', '\na'),
  value('continues only on lines deeper than the option', '  command=a\n  autostart=false\n y=1', 'a'),
  value('lets the last of two options win', 'command=a\ncommand=b', 'b'),
  value('has no REM comments', 'command=a\n  rem b', 'a\nrem b'),
  value('has the words true and null as text', 'command=true', 'true'),
  value('keeps a backslash', 'command=a\\;b\\#c\\', 'a\\;b\\#c\\'),
  value('ends lines at \\r\\n', 'command=a\r\nautostart=true\r', 'a'),
  value('ends lines at \\r', 'command=a\rautostart=true', 'a'),
  value('does not end lines at other separators', 'command=a\u2028b\u000bc\u0085d', 'a\u2028b\u000bc\u0085d'),
  value('trims what Python trims', 'command=\u00a0a\u3000\u001f', 'a'),
  {
    it: 'reads a section name up to the last bracket',
    file: '[supervisord] ; c\n[program:a]b] junk\ncommand=x\n[program:c] junk\ncommand=x\n',
    names: ['a]b:a]b', 'c:c'],
  },
  {
    it: 'tells [ supervisord ] from [supervisord]',
    file: '[ supervisord ]\n',
    error: '.ini file does not include supervisord section',
  },
  {
    it: 'wants a [supervisord]',
    file: '[program:a]\ncommand=x\n',
    error: '.ini file does not include supervisord section',
  },
  { it: 'loads a file with nothing but [supervisord]', file: '[supervisord]\n', names: [], warnings: [] },
  { it: 'loads a file without a final newline', file: '[supervisord]\nidentifier=x', daemon: { identifier: 'x' } },
  {
    it: 'merges a section that comes twice',
    file: '[program:p]\ncommand=a\nautostart=false\n[supervisord]\n[program:p]\ncommand=b\n',
    process: { command: 'b', autostart: false },
  },
  {
    it: 'takes [DEFAULT] for every section',
    file: '[DEFAULT]\nautostart=false\ncommand=d\n[supervisord]\n[program:p]\n[program:q]\nautostart=true\n',
    process: { command: 'd', autostart: false },
    names: ['p:p', 'q:q'],
  },
  {
    it: 'ignores unknown sections and options',
    file: '[supervisord]\nx=%\n[a.b]\ny=1\n[__proto__]\nz=1\n[program]\ncommand=x\n',
    names: [],
  },
  {
    it: 'refuses text before the first section',
    file: '; c\n\n k = v\n[supervisord]\n',
    error: "File contains no section headers.\nfile: 'DIR/x.conf', line: 3\n' k = v\\n'",
  },
  {
    it: 'names every bad line at once',
    file: '[supervisord]\nno delimiter\n= no key\nidentifier=x\n\ttail\n[]',
    error:
      "Source contains parsing errors: 'DIR/x.conf'\n\t[line  2]: 'no delimiter\\n'\n\t[line  3]: '= no key\\n'\n\t[line  6]: '[]'",
  },
  {
    it: 'has section and program names of any letters',
    file: '[supervisord]\n[program:test_öäü]\ncommand=x\n[program:__proto__]\ncommand=x\n[program:constructor]\ncommand=x\n',
    names: ['__proto__:__proto__', 'constructor:constructor', 'test_öäü:test_öäü'],
  },
]);

describeRows('the dialect beyond Python', [
  {
    it: 'ignores a byte order mark',
    file: '\ufeff[supervisord]\nidentifier=x\n',
    daemon: { identifier: 'x' },
    own: true,
  },
  {
    it: 'cuts at the earlier of ; and # where older Pythons cut at the later',
    file: '[supervisord]\n[program:p]\ncommand=a;b ;c #d\n',
    process: { command: 'a;b' },
    own: true,
  },
]);
