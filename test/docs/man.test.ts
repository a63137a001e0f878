/** What the code has, the manual has; and the pages are clean. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { noFlags, parseDaemonFlags } from '../../src/config/daemon-flags.ts';
import { loadConfig, localUsers } from '../../src/config/load.ts';
import type { OptionRow } from '../../src/config/option.ts';
import { eventTypeNames } from '../../src/core/event-type.ts';
import { signalName } from '../../src/core/signals.ts';
import { hupdCommands, supervisorCommands } from '../../src/ctl/command-names.ts';
import { node } from '../../src/handover/profiles/node.ts';
import { profiles } from '../../src/handover/profiles/recognise.ts';
import { mainMethods } from '../../src/rpc/dispatch.ts';
import { hupdMethods } from '../../src/rpc/methods/hupd-methods.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/rig.ts';

const page = (name: string) => readFileSync(`man/${name}`, 'utf8');

test('every option of every section has its paragraph in hupd.conf(5)', async () => {
  const text = page('hupd.conf.5');
  const sections = new URL('../../src/config/sections/', import.meta.url);
  let options = 0;
  for (const file of readdirSync(sections).filter((name) => name.endsWith('.js'))) {
    const exports: Record<string, unknown> = await import(new URL(file, sections).href);
    for (const [name, table] of Object.entries(exports)) {
      if (!name.endsWith('Options')) continue;
      for (const row of Object.values(table as Record<string, OptionRow>)) {
        options++;
        assert.match(
          text,
          new RegExp(`^\\.It Cm ${row.name.replaceAll('.', '\\.')}( |$)`, 'm'),
          `${file}: ${row.name}`,
        );
      }
    }
  }
  assert.ok(options > 80, `${options} options were looked for`);
});

test('every event type that a listener may name is in hupd.conf(5)', () => {
  const text = page('hupd.conf.5');
  for (const name of eventTypeNames) assert.match(text, new RegExp(`\\b${name}\\b`), name);
});

test('every command of hupctl has its paragraph in hupctl(1)', () => {
  const text = page('hupctl.1');
  for (const name of [...supervisorCommands, ...hupdCommands]) {
    assert.match(text, new RegExp(`^\\.It Ic (\\w+ , )*${name}( |$)`, 'm'), name);
  }
});

test('every flag of the usage text of hupd has its paragraph in hupd(8)', () => {
  const help = parseDaemonFlags(['-h'], 'hupd');
  assert.equal(help.kind, 'help');
  const text = page('hupd.8');
  const flags = help.kind === 'help' ? [...help.text.matchAll(/^(?:-(\w)\/)?--([\w-]+)/gm)] : [];
  assert.ok(flags.length > 20);
  for (const [, short, long] of flags) {
    const head = short === undefined ? `Fl -${long}` : `Fl ${short} , -${long}`;
    assert.match(text, new RegExp(`^\\.It ${head}( |$)`, 'm'), long);
  }
});

test('every RPC method is in hupd(8), those of our own with the names of their arguments', () => {
  const text = page('hupd.8');
  for (const [name] of mainMethods) assert.match(text, new RegExp(`\\b${name}\\b`), name);
  const own = new Map(
    [...text.matchAll(/Fn hupd\.(\w+)((?: "\w+")*)/g)].map(([, name = '', args = '']) => [
      name,
      args.match(/\w+/g) ?? [],
    ]),
  );
  for (const [name, { params }] of hupdMethods) {
    assert.deepEqual(
      own.get(name),
      params.map((param) => param.name),
      name,
    );
  }
  assert.equal(own.size, hupdMethods.length, 'and none that is not there');
});

test('every server that is known has its part in hupd-reload(7), which tells of each of its signals', () => {
  const text = page('hupd-reload.7');
  for (const { name, signals } of [...profiles, node]) {
    const [, part] = new RegExp(`^\\.Ss ${name}\\n([\\s\\S]*?)^\\.S[sh] `, 'm').exec(text) ?? [];
    assert.ok(part !== undefined, name);
    for (const { signal } of signals) {
      const word = signalName(signal).replace('SIG', '');
      assert.match(part, new RegExp(`\\b${word}\\b`), `${name}: ${word}`);
    }
  }
});

test('what the pages tell to write into a program section is a section that hupd takes', () => {
  const blocks = [...page('hupd-reload.7').matchAll(/^\.Bd -literal.*\n([\s\S]*?)^\.Ed/gm)].map(
    ([, block = '']) => block,
  );
  assert.ok(blocks.length > 5);
  for (const block of blocks) {
    const section = `[program:web]\n${/^command/m.test(block) ? '' : 'command=/bin/true\n'}${block}`;
    const dir = mkdtempSync(join(tmpdir(), 'hupd-man-'));
    try {
      const file = join(dir, 'main.conf');
      writeFileSync(file, `[supervisord]\n${section}`);
      const loaded = loadConfig({
        ...{ file, flags: noFlags, cwd: dir, environment: new Map(), hostName: 'localhost', tempDir: dir },
        users: localUsers,
      });
      assert.ok(loaded.ok, `${section}\n${loaded.ok ? '' : loaded.error}`);
      assert.deepEqual(loaded.diagnostics, [], section);
    } finally {
      rmSync(dir, { recursive: true });
    }
  }
});

test('mandoc has nothing to say about the pages', async (t) => {
  if (!needs(t, { command: 'mandoc', apt: 'mandoc' })) return;
  for (const name of readdirSync('man')) {
    const { stdout } = await run('mandoc', ['-Tlint', '-Wstyle', `man/${name}`]);
    const said = stdout.split('\n').filter((line) => line !== '' && !/referenced manual not found/.test(line));
    assert.deepEqual(said, []);
  }
});
