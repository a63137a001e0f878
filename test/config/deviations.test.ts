/** Each point in which hupd reads a file otherwise than supervisord: both behaviours, so that a row fails when the difference is gone. */
import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { deviations } from '../conformance/deviations.ts';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { readCase, readCtlCase } from './effective.ts';
import { type FileCase, sharedPeer, supervisorPackage } from './peer.ts';

interface Row {
  readonly id: string;
  /** By path below the case's directory; `x.conf` is the main file, `[supervisord]` stands before it. */
  readonly files: Readonly<Record<string, string>>;
  /** What stands in the first process (`command`), in the error, or in the warnings. */
  /** null: better not tried. */
  readonly real: RegExp | null;
  readonly ours: RegExp;
  readonly ctl?: boolean;
}

const main = (text: string) => ({ 'x.conf': `[supervisord]\n${text}` });
const program = (options: string, name = 'p') => `[program:${name}]\ncommand=/bin/p\n${options}\n`;

const rows: readonly Row[] = [
  { id: 'config-bom', files: { 'x.conf': '\ufeff[supervisord]\n' }, real: /no section headers/, ours: /"ok":true/ },
  { id: 'config-comment-cut', files: main(program('command=a;b ;c #d')), real: /"a;b ;c"/, ours: /"a;b"/ },
  {
    id: 'config-environment-once',
    files: main(`environment=A="%(host_node_name)s"\n${program('')}`),
    real: /contains names \('host_node_name'\)/,
    ours: /"ok":true/,
  },
  {
    id: 'config-environment-once',
    files: main(`environment=A="50%%"\n${program('')}`),
    real: /for 'environment' is badly formatted/,
    ours: /"A":"50%"/,
  },
  {
    id: 'config-logfile-once',
    files: main(program('stdout_logfile=/tmp/%%%%x')),
    real: /"stdout_logfile":"\/tmp\/%x"/,
    ours: /"stdout_logfile":"\/tmp\/%%x"/,
  },
  {
    id: 'config-bare-conversion',
    files: main(program('command=a %s')),
    real: /a \{.*ENV_HOME/,
    ours: /not enough arguments/,
  },
  {
    id: 'config-here',
    files: main(`${program('command=%%(here)s')}[include]\nfiles=y.conf\n`),
    real: /badly formatted|contains names/,
    ours: /"command":"%\(here\)s"/,
  },
  {
    id: 'config-here-default',
    files: {
      'x.conf': `[DEFAULT]\ncommand=%(here)s\n[supervisord]\n[program:p]\n[include]\nfiles=y.conf\n`,
      'y.conf': '[DEFAULT]\ncommand=second\n',
    },
    real: /"command":"\/tmp/,
    ours: /"command":"second"/,
  },
  {
    id: 'config-include-unreadable',
    files: { ...main('[include]\nfiles=d.conf\n'), 'd.conf/z': '' },
    real: /"warnings":\[\]/,
    ours: /cannot be read and is left out/,
  },
  {
    id: 'config-doubles',
    files: main(`[group:p]\nprograms=\n${program('')}`),
    real: /"ok":true/,
    ours: /\[program:p\] and \[group:p\] both make a group 'p'/,
  },
  {
    id: 'config-doubles',
    files: main(program('numprocs=2\nprocess_name=%%(process_num)s')),
    real: /"ok":true/,
    ours: /two processes of group 'p' have the name '%\(process_num\)s'/,
  },
  {
    id: 'config-group-error',
    files: main(`[group:g]\nprograms=p,q\n${program('')}`),
    real: /^\{"ok":false,"error":"\[program:p\] names unknown/,
    ours: /\[group:g\] names unknown/,
  },
  {
    id: 'config-fcgi-in-group',
    files: main('[group:g]\nprograms=f\n[fcgi-program:f]\ncommand=f\nsocket=nonsense\n'),
    real: /"ok":true/,
    ours: /Bad socket format/,
  },
  {
    id: 'config-negative-size',
    files: main(program('stdout_logfile_maxbytes=-5')),
    real: /"stdout_logfile_maxbytes":-5/,
    ours: /"stdout_logfile_maxbytes":0/,
  },
  {
    id: 'config-numprocs-limit',
    files: main(program('numprocs=100001\nprocess_name=%(process_num)s')),
    real: null,
    ours: /100001 is above upper bound \(100000\)/,
  },
  {
    id: 'config-signal-words',
    files: main(program('stopsignal=_DFL')),
    real: /"stopsignal":0/,
    ours: /not a valid signal name/,
  },
  { id: 'config-digits', files: main(program('startsecs=\u0663')), real: /"startsecs":3/, ours: /invalid literal/ },
  {
    id: 'config-ctl-syntax',
    files: { 'x.conf': 'nonsense\n' },
    real: /"crash":"File contains no section headers/,
    ours: /"error":"File contains no section headers/,
    ctl: true,
  },
  {
    id: 'config-supervisor-stdout',
    files: main('[eventlistener:l]\ncommand=l\nevents=TICK_5\nresult_handler=supervisor_stdout:event_handler\n'),
    real: /cannot be resolved within/,
    ours: /"ok":true/,
  },
];

describe('a wanted difference in reading files', () => {
  const peer = sharedPeer();
  for (const row of rows) {
    it(`${row.id}: ${Object.values(row.files).join(' ').replaceAll('\n', ' ')}`, async (t) => {
      assert.ok(deviations.some(({ id }) => id === row.id));
      const fileCase = caseOf(row, t);
      assert.match(JSON.stringify(row.ctl === true ? readCtlCase(fileCase) : readCase(fileCase)), row.ours);
      if (row.real === null || !needs(t, ...supervisorPackage)) return;
      assert.match(JSON.stringify(await peer().ask({ ...fileCase, unchanged: true })), row.real);
    });
  }
});

function caseOf({ files, ctl }: Row, t: TestContext): FileCase {
  const directory = tempDir(t);
  return {
    files: Object.fromEntries(Object.entries(files).map(([path, text]) => [join(directory, path), text])),
    main: join(directory, 'x.conf'),
    directory,
    environment: { HOME: homedir() },
    ctl: ctl === true,
  };
}
