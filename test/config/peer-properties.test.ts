/**
 * Random files through supervisord's own reader and through ours: the same configuration, or both the same error. HUPD_CONFIG_CASES is how
 * many of each kind (default 2500: 10,000 in all); HUPD_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { parseEnvironment } from '../../src/config/environment.ts';
import { expand } from '../../src/config/expand.ts';
import { mergeFiles } from '../../src/config/ini-document.ts';
import { readIniLines } from '../../src/config/ini-lines.ts';
import { reprText } from '../../src/util/python-repr.ts';
import { needs } from '../support/needs.ts';
import { configFiles, configText, environmentText, formatText, soup } from './arbitraries.ts';
import { compareAnswers } from './compare.ts';
import { readCase } from './effective.ts';
import { type Peer, sharedPeer, supervisorPackage } from './peer.ts';

const cases = Number(process.env.HUPD_CONFIG_CASES ?? 2500);
const seed = Number(process.env.HUPD_SEED ?? 20240229);

async function holds<T>(
  arbitrary: fc.Arbitrary<T>,
  property: (value: T) => Promise<void>,
  numRuns = cases,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, property), { numRuns, seed });
}

describe('like supervisord', () => {
  const shared = sharedPeer();
  const withPeer = (title: string, run: (peer: Peer, t: TestContext) => Promise<void>) =>
    it(title, async (t) => {
      if (needs(t, ...supervisorPackage)) await run(shared(), t);
    });

  withPeer('any lines make the same sections and options', (peer) =>
    holds(soup, async (text) => {
      const { quirky, ...real } = await peer.ask({ ini: text, source: 'x.conf' });
      if (quirky !== true) assert.deepEqual(readSections(text, 'x.conf'), real);
    }),
  );

  withPeer('any % format expands to the same text', (peer) => {
    const names = {
      ENV_FOO: 'bar',
      ENV_EMPTY: '',
      ENV_PCT: '5%',
      here: '/é',
      program_name: 'x',
      process_num: 3,
      numprocs: 12,
      '': 'e',
    };
    return holds(formatText, async (text) => {
      const real = await peer.ask({ text, names });
      const ours = expand(text, [new Map(Object.entries(names))], 'where');
      assert.deepEqual(ours.ok ? { value: ours.value } : { error: ours.error }, real);
    });
  });

  withPeer('any environment= makes the same variables', (peer) =>
    holds(environmentText, async (text) => {
      const real = await peer.ask({ environment_text: text });
      const ours = parseEnvironment(text);
      assert.deepEqual(ours.ok ? { value: [...ours.value] } : { error: ours.error }, real);
    }),
  );

  withPeer('any file makes the same configuration, or the same error', (peer, t) =>
    compareAll(peer, t, configText, cases, (text) => ({ 'x.conf': text })),
  );

  withPeer('so do several files with an [include]', (peer, t) =>
    compareAll(peer, t, configFiles, Math.ceil(cases / 5), (files) => files),
  );
});

async function compareAll<T>(
  peer: Peer,
  t: TestContext,
  arbitrary: fc.Arbitrary<T>,
  numRuns: number,
  filesOf: (value: T) => Readonly<Record<string, string>>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hupd-config-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const environment = { HOME: homedir(), FOO: 'bar', EMPTY: '', PCT: '5%', PATH: '/bin' };
  const seen = { same: 0, 'both refuse': 0, skipped: 0 };
  const property = async (value: T) => {
    const files = Object.fromEntries(
      Object.entries(filesOf(value)).map(([path, text]) => [join(directory, path), text]),
    );
    const fileCase = { files, main: join(directory, 'x.conf'), directory, environment };
    seen[compareAnswers(await peer.ask(fileCase), readCase(fileCase))]++;
  };
  await holds(arbitrary, property, numRuns);
  t.diagnostic(JSON.stringify(seen));
  assert.ok(seen.same > numRuns / 5 && seen['both refuse'] > numRuns / 5, 'both kinds of files are met often');
}

function readSections(text: string, source: string): Record<string, unknown> {
  const { entries, headless, errors } = readIniLines(text);
  if (headless !== null) {
    return {
      error: `File contains no section headers.\nfile: ${reprText(source)}, line: ${headless.line}\n${headless.quoted}`,
    };
  }
  if (errors.length > 0) {
    const list = errors.map(({ line, quoted }) => `\n\t[line ${String(line).padStart(2)}]: ${quoted}`);
    return { error: `Source contains parsing errors: ${reprText(source)}${list.join('')}` };
  }
  const { sections, defaults } = mergeFiles([{ path: source, entries }]);
  return {
    sections: [...sections.values()].map(({ name, options }) => [name, pairs(options)]),
    defaults: pairs(defaults),
  };
}

function pairs(options: ReadonlyMap<string, { readonly value: string }>): readonly (readonly [string, string])[] {
  return [...options].map(([name, { value }]) => [name, value]);
}
