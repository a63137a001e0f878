import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { readCtlCase } from './effective.ts';
import { sharedPeer, supervisorPackage } from './peer.ts';

const defaults = {
  ok: true,
  serverurl: 'http://localhost:9001',
  prompt: 'supervisor',
  username: null,
  password: null,
  history_file: null,
};
const plugin = '[ctlplugin:x]\nsupervisor.ctl_factory=no_such_module:make\n';

const rows: ReadonlyArray<readonly [title: string, text: string, wanted: Record<string, unknown>]> = [
  ['has defaults', '[supervisorctl]\n', defaults],
  [
    'makes the path of a socket absolute',
    '[supervisorctl]\nserverurl=unix://~/../s.sock\n',
    { ...defaults, serverurl: `unix://${resolve(homedir(), '../s.sock')}` },
  ],
  [
    'knows where it is',
    '[supervisorctl]\nserverurl=unix://%(here)s/s\nhistory_file=%(here)s/h\n',
    { ...defaults, serverurl: 'unix://DIR/s', history_file: 'DIR/h' },
  ],
  [
    'has a user, a password and a prompt',
    '[supervisorctl]\nusername=%(ENV_USER)s\npassword=p;p ; c\nprompt=x y\n',
    { ...defaults, username: 'u', password: 'p;p', prompt: 'x y' },
  ],
  ['has no history without a file for it', '[supervisorctl]\nhistory_file=\n', defaults],
  ['takes any text for a server', '[supervisorctl]\nserverurl=nonsense\n', { ...defaults, serverurl: 'nonsense' }],
  ['must be there', '[supervisord]\n', { ok: false, error: '.ini file does not include supervisorctl section' }],
  [
    'is not looked for in included files',
    '[include]\nfiles=*.conf\n',
    { ok: false, error: '.ini file does not include supervisorctl section' },
  ],
  ['does not mind a broken [supervisord]', '[supervisord]\nminfds=x\n[supervisorctl]\n', defaults],
  [
    'refuses an unknown name',
    '[supervisorctl]\nprompt=%(here)s\n',
    {
      ok: false,
      error:
        "Format string '%(here)s' for 'supervisorctl.prompt' contains names ('here') which cannot be expanded. Available names: ENV_HOME, ENV_USER",
    },
  ],
  [
    'refuses plug-ins written in Python',
    `[supervisorctl]\n${plugin}`,
    { ok: false, error: 'no_such_module:make cannot be resolved within [ctlplugin:x]' },
  ],
  [
    'refuses plug-ins without a factory',
    '[supervisorctl]\n[ctlplugin:x]\n',
    { ok: false, error: 'section [ctlplugin:x] does not specify a supervisor.ctl_factory' },
  ],
];

describe('[supervisorctl]', () => {
  const peer = sharedPeer();
  for (const [title, text, wanted] of rows) {
    it(title, async (t) => {
      const directory = tempDir(t);
      const main = join(directory, 'x.conf');
      const fileCase = {
        files: { [main]: text },
        main,
        directory,
        environment: { HOME: homedir(), USER: 'u' },
        ctl: true,
      };
      const ours = readCtlCase(fileCase);
      assert.deepEqual(JSON.parse(JSON.stringify(ours).replaceAll(directory, 'DIR')), wanted);
      if (!needs(t, ...supervisorPackage)) return;
      const { quirky: _, ...real } = await peer().ask(fileCase);
      assert.deepEqual(ours, real);
    });
  }

  it('goes on without plug-ins when told to', () => {
    const text = `[supervisord]\nignore_python_plugins=true\n[supervisorctl]\n${plugin}`;
    const fileCase = { files: { '/tmp/x.conf': text }, main: '/tmp/x.conf', directory: '/tmp', environment: {} };
    assert.equal(readCtlCase(fileCase).ok, true);
  });
});
