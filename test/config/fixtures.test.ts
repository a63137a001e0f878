/** Files as people have them: each loads, and means to hupd what it means to supervisord. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { compareAnswers } from './compare.ts';
import { findingsOf, readCase, readCtlCase } from './effective.ts';
import { type FileCase, sharedPeer, supervisorPackage } from './peer.ts';

const fixtures = fileURLToPath(new URL('../../../test/config/fixtures', import.meta.url));
const all = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(conf|ini)$/.test(path));
const mains = all.filter((path) => !path.includes('/')).sort();

/** How much of it `--check` rightly finds odd. */
const expectedFindings: Readonly<Record<string, number>> = {
  'debian.conf': 1,
  'include-here.conf': 1,
  'jupyterhub.conf': 2,
  'odoo-multi.conf': 1,
  'tornado-ports.conf': 2,
  'websocket-node.conf': 1,
};

function fixture(main: string, t: TestContext): FileCase {
  const directory = tempDir(t);
  const texts = all.map((path) => [join(directory, path), readFileSync(join(fixtures, path), 'utf8')] as const);
  return {
    files: Object.fromEntries(texts),
    main: join(directory, main),
    directory,
    environment: { HOME: '/root', PATH: '/usr/bin:/bin', PORT: '5555', WORKERS: '4', ADMIN: 'admin' },
    anywhere: true,
  };
}

describe('a file as people have them', () => {
  const peer = sharedPeer();

  it('is met at least twenty times', () => {
    assert.ok(mains.length >= 20);
  });

  for (const main of mains) {
    it(`${main} loads, and means what it means to supervisord`, async (t) => {
      const fileCase = fixture(main, t);
      const ours = readCase(fileCase);
      assert.equal(ours.error, undefined);
      assert.equal(findingsOf(fileCase).length, expectedFindings[main] ?? 0, findingsOf(fileCase).join('\n'));
      if (!needs(t, ...supervisorPackage)) return;
      assert.equal(compareAnswers(await peer().ask(fileCase), ours), 'same');
      const asClient = { ...fileCase, ctl: true };
      const { quirky: _, ...real } = await peer().ask(asClient);
      assert.deepEqual(readCtlCase(asClient), real);
    });
  }

  it("Debian's own file too", async (t) => {
    const path = '/etc/supervisor/supervisord.conf';
    if (!needs(t, ...supervisorPackage) || !existsSync(path)) return;
    const directory = tempDir(t);
    const main = join(directory, 'x.conf');
    const text = readFileSync(path, 'utf8');
    const fileCase = { files: { [main]: text }, main, directory, environment: {}, anywhere: true };
    assert.equal(compareAnswers(await peer().ask(fileCase), readCase(fileCase)), 'same');
  });
});
