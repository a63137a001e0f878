import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closest } from '../../src/util/closest.ts';
import { findingsOf } from './effective.ts';

function findings(text: string, more: Readonly<Record<string, string>> = {}): readonly string[] {
  return findingsOf({ files: { '/d/x.conf': text, ...more }, main: '/d/x.conf', directory: '/d', environment: {} });
}

describe('hupd --check', () => {
  it('finds nothing in a file that is right', () => {
    assert.deepEqual(findings('[supervisord]\n[program:p]\ncommand=x\n'), []);
  });

  it('finds everything at once, each with its file and line, what, why and what to do', () => {
    const main = `[supervisord]
nodaemon = maybe
[include]
files = conf.d/*.conf none/*
[program:web]
command = gunicorn
stopsignal = TREM
autostart=%(nope)s
`;
    const included = `[program:worker]
reload_strategy=roling
numprocs=2
[program:late]
[grup:g]
programs=web
`;
    assert.deepEqual(findings(main, { '/d/conf.d/a.conf': included }), [
      "/d/x.conf:2: nodaemon=maybe in [supervisord]: not a valid boolean value: 'maybe'; it takes true or false",
      '/d/x.conf:4: warning: files=conf.d/*.conf none/* in [include]: No file matches via include "/d/none/*"; remove it if that is meant so',
      "/d/x.conf:7: stopsignal=TREM in [program:web]: value 'TREM' is not a valid signal name; did you mean TERM?",
      "/d/x.conf:8: autostart=%(nope)s in [program:web]: Format string '%(nope)s' for 'program:web.autostart' contains names ('nope') which cannot be expanded. Available names: group_name, here, host_node_name, program_name; write %% for a literal percent sign",
      '/d/conf.d/a.conf:1: [program:worker]: program section program:worker does not specify a command; add command=',
      "/d/conf.d/a.conf:2: reload_strategy=roling in [program:worker]: invalid 'reload_strategy' value 'roling'; did you mean rolling?",
      '/d/conf.d/a.conf:3: numprocs=2 in [program:worker]: %(process_num) must be present within process_name when numprocs > 1; add process_name=%(program_name)s_%(process_num)02d',
      '/d/conf.d/a.conf:4: [program:late]: program section program:late does not specify a command; add command=',
      '/d/conf.d/a.conf:5: warning: [grup:g]: nothing reads this section; did you mean [group:x]?',
    ]);
  });

  it('finds each bad line of a file that is no INI file, and what is wrong in the rest', () => {
    assert.deepEqual(findings('[supervisord]\nnonsense\nminfds=x\n= y\n'), [
      "/d/x.conf:2: not an INI file: 'nonsense\\n' is neither a [section] nor key=value; write key=value",
      "/d/x.conf:3: minfds=x in [supervisord]: invalid literal for int() with base 10: 'x'; it takes a whole number",
      "/d/x.conf:4: not an INI file: '= y\\n' is neither a [section] nor key=value; write key=value",
    ]);
  });

  it('says what a ready check may be, and does not propose the word that is already there', () => {
    assert.match(
      findings('[supervisord]\n[program:p]\ncommand=x\nready_check=exec:\n')[0] ?? '',
      /: invalid 'ready_check' value 'exec:'; it takes auto, accept, http:\/path, .* exec:command, /,
    );
  });

  it('finds options that nothing reads', () => {
    assert.deepEqual(findings('[supervisord]\n[program:p]\ncommand=x\nautorestat=true\nfoo=1\n'), [
      '/d/x.conf:4: warning: autorestat in [program:p]: [program:x] has no such option; did you mean autorestart?',
      '/d/x.conf:5: warning: foo in [program:p]: [program:x] has no such option; remove it',
    ]);
  });

  it('finds commands that cannot be started', () => {
    assert.deepEqual(findings(`[supervisord]\n[program:p]\ncommand=it's\n[program:q]\ncommand=\n`), [
      "/d/x.conf:3: warning: command=it's in [program:p]: its start will fail: No closing quotation; close the quote or double the backslash",
      '/d/x.conf:5: warning: command= in [program:q]: its start will fail: command is empty; name a program',
    ]);
  });

  it('finds a server that other machines can reach without a password', () => {
    assert.deepEqual(findings('[supervisord]\n[inet_http_server]\nport=*:9001\n'), [
      '/d/x.conf:3: warning: [inet_http_server]: other machines can reach it without a password; set username and password, or listen on 127.0.0.1',
    ]);
  });

  it('finds an included file without sections', () => {
    assert.deepEqual(findings('[supervisord]\n[include]\nfiles=y\n', { '/d/y': 'x' }), [
      "/d/y:1: not an INI file: 'x' stands before the first section; begin with a [section]",
    ]);
  });
});

describe('the word that was probably meant', () => {
  const options = ['TERM', 'HUP', 'autorestart', 'autostart', 'command'];
  for (const [word, meant] of [
    ['TREM', 'TERM'],
    ['term', 'TERM'],
    ['autorestat', 'autorestart'],
    ['comand', 'command'],
    ['HAP', 'HUP'],
    ['XYZ', null],
    ['frobnicate', null],
  ] as const) {
    it(`of ${word} is ${meant ?? 'none'}`, () => assert.equal(closest(word, options), meant));
  }
});
