/** What the code has, the manual has; and the pages are clean. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseDaemonFlags } from '../../src/config/daemon-flags.ts';
import type { OptionRow } from '../../src/config/option.ts';
import { eventTypeNames } from '../../src/core/event-type.ts';
import { hupdCommands, supervisorCommands } from '../../src/ctl/command-names.ts';
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

test('mandoc has nothing to say about the pages', async (t) => {
  if (!needs(t, { command: 'mandoc', apt: 'mandoc' })) return;
  for (const name of readdirSync('man')) {
    const { stdout } = await run('mandoc', ['-Tlint', '-Wstyle', `man/${name}`]);
    const said = stdout.split('\n').filter((line) => line !== '' && !/referenced manual not found/.test(line));
    assert.deepEqual(said, []);
  }
});
