import { describeRows } from './rows.ts';

const supervisord = '[supervisord]\n';
const command = (name: string, text: string) => `[program:${name}]\ncommand=${text}\n`;

describeRows('[include]', [
  {
    it: 'reads files in the order of the patterns, those of a pattern by name',
    file: {
      'x.conf': `${supervisord}[include]\nfiles = z.ini d/*.conf\n`,
      'd/b.conf': command('b', 'b'),
      'd/a.conf': command('a', 'a'),
      'd/.hidden.conf': 'nonsense',
      'd/c.txt': 'nonsense',
      'z.ini': command('z', 'z'),
    },
    names: ['a:a', 'b:b', 'z:z'],
    infos: ['z.ini', 'd/a.conf', 'd/b.conf'].map((path) => `Included extra file "DIR/${path}" during parsing`),
    warnings: [],
  },
  {
    it: 'lets a later file change what an earlier one says, [supervisord] too',
    file: {
      'x.conf': `${supervisord}identifier=main\n${command('p', 'main')}autostart=false\n[include]\nfiles=y.conf\n`,
      'y.conf': `[supervisord]\nidentifier=other\n${command('p', 'other')}`,
    },
    daemon: { identifier: 'other' },
    process: { command: 'other', autostart: false },
  },
  {
    it: 'takes %(here)s for the directory of the file that says it, in any section',
    file: {
      'x.conf': `${supervisord}${command('p', '%(here)s')}[include]\nfiles=%(here)s/d/y.conf\n[inet_http_server]\nport=1\nusername=%(here)s\npassword=x\n`,
      'd/y.conf': command('a', '%(here)s'),
    },
    names: ['a:a', 'p:p'],
    process: { command: 'DIR/d' },
    server: { username: 'DIR' },
  },
  {
    it: 'warns of a pattern without a match',
    file: { 'x.conf': `${supervisord}[include]\nfiles=no/*.conf nor.conf\n` },
    warnings: ['No file matches via include "DIR/no/*.conf"', 'No file matches via include "DIR/nor.conf"'],
  },
  {
    it: 'has no effect in an included file',
    file: {
      'x.conf': `${supervisord}[include]\nfiles=y.conf\n`,
      'y.conf': '[include]\nfiles=z.conf\n',
      'z.conf': 'nonsense',
    },
    infos: ['Included extra file "DIR/y.conf" during parsing'],
  },
  {
    it: 'must name files',
    file: `${supervisord}[include]\n`,
    error: '.ini file has [include] section, but no files setting',
  },
  { it: 'may name no files', file: `${supervisord}[include]\nfiles=\n`, warnings: [] },
  {
    it: 'names the included file in an error of syntax',
    file: { 'x.conf': `${supervisord}[include]\nfiles=y.conf\n`, 'y.conf': 'a=b\n' },
    error: "File contains no section headers.\nfile: 'DIR/y.conf', line: 1\n'a=b\\n'",
  },
  {
    it: 'names the included file in an error of a program',
    file: { 'x.conf': `${supervisord}[include]\nfiles=y.conf\n`, 'y.conf': `${command('p', 'x')}startsecs=x\n` },
    error: "invalid literal for int() with base 10: 'x' in section 'program:p' (file: 'DIR/y.conf')",
  },
  {
    it: 'knows the host and variables, and no other names',
    file: `${supervisord}[include]\nfiles=%(program_name)s\n`,
    error:
      "Format string '%(program_name)s' for 'include.files' contains names ('program_name') which cannot be expanded. Available names: ENV_FOO, ENV_HOME, ENV_PATH, ENV_PCT, here, host_node_name",
  },
  {
    it: 'may bring the [supervisord] section',
    file: { 'x.conf': '[include]\nfiles=y.conf\n', 'y.conf': '[supervisord]\nidentifier=y\n' },
    daemon: { identifier: 'y' },
  },
  {
    it: 'has patterns with dashes, dots and other signs as they are',
    file: {
      'x.conf': `${supervisord}[include]\nfiles=a-b*.conf (c)+?.conf e{1}*\n`,
      'a-b1.conf': command('ab', 'x'),
      'a.b1.conf': 'nonsense',
      '(c)+1.conf': command('c', 'x'),
      'e{1}2': command('e', 'x'),
      'd/x': '',
    },
    names: ['ab:ab', 'c:c', 'e:e'],
  },
  {
    it: 'has patterns with sets, ranges and wildcards in directories',
    file: {
      'x.conf': `${supervisord}[include]\nfiles=?/[a-c][!x].conf */n.conf d/**/e\n`,
      'd/b1.conf': command('b1', 'x'),
      'd/bx.conf': 'nonsense',
      'd/d1.conf': 'nonsense',
      'd/n.conf': command('n', 'x'),
      'd/deep/e': command('e', 'x'),
      'd/deep/er/e': 'nonsense',
    },
    names: ['b1:b1', 'e:e', 'n:n'],
  },
]);

describeRows('[include] of hupd', [
  {
    it: 'keeps a literal %(here)s',
    file: { 'x.conf': `${supervisord}${command('p', '%%(here)s')}[include]\nfiles=y.conf\n`, 'y.conf': '' },
    process: { command: '%(here)s' },
    own: true,
  },
]);
