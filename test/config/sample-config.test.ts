import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { mergeFiles } from '../../src/config/ini-document.ts';
import { readIniLines } from '../../src/config/ini-lines.ts';
import { sampleConfig } from '../../src/config/sample-config.ts';
import { sectionKinds } from '../../src/config/unknown-names.ts';
import { needs } from '../support/needs.ts';
import { compareAnswers } from './compare.ts';
import { findingsOf, readCase } from './effective.ts';
import { type FileCase, sharedPeer, supervisorPackage } from './peer.ts';

const directory = mkdtempSync(join(tmpdir(), 'hupd-sample-'));
after(() => rmSync(directory, { recursive: true }));

const plain = caseOf(sampleConfig);
/** Every example switched on; the directories and users that it names need not be there. */
const everything = caseOf(
  sampleConfig
    .replace(/^;(?=[a-z_]+ ?=|\[)/gm, '')
    .replace(/^(?:directory=\/srv\/web|user=www-data.*|chown=.*)\n/gm, '')
    .replace('[include]\nfiles = conf.d/*.conf\n', ''),
);

function caseOf(text: string): FileCase {
  const main = join(directory, 'x.conf');
  return { files: { [main]: text }, main, directory, environment: {} };
}

describe('the sample configuration', () => {
  const peer = sharedPeer();

  it('begins with the line that scripts look for', () => {
    assert.match(sampleConfig, /^; Sample supervisor config file\.\n/);
  });

  it('has nothing that --check would name', () => {
    assert.deepEqual(findingsOf(plain), []);
  });

  it('has nothing that --check would name when all examples are switched on', () => {
    assert.deepEqual(findingsOf(everything), []);
  });

  for (const [what, fileCase] of Object.entries({ plain, everything })) {
    it(`means the same to supervisord: ${what}`, async (t) => {
      if (!needs(t, ...supervisorPackage)) return;
      assert.equal(compareAnswers(await peer().ask(fileCase), readCase(fileCase)), 'same');
    });
  }

  it('shows every option of [supervisord] and of a program that supervisord has', () => {
    const text = everything.files[everything.main] ?? '';
    const { sections } = mergeFiles([{ path: 'x', entries: readIniLines(text).entries }]);
    for (const [title, section] of [
      ['[supervisord]', 'supervisord'],
      ['[program:x]', 'program:worker'],
    ] as const) {
      const kind = sectionKinds.find((one) => one.title === title);
      const shown = [...(sections.get(section)?.options.keys() ?? [])];
      const hidden = ['user', 'ignore_python_plugins', 'numprocs_start'];
      const missing = Object.values(kind?.options ?? {}).filter(
        ({ name, own }) => !own && !shown.includes(name) && !hidden.includes(name),
      );
      assert.deepEqual(
        missing.map(({ name }) => name),
        [],
      );
    }
  });
});
