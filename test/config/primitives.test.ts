/** What the reader is built on, compared with Python: names against patterns, paths, URLs, UTF-8. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { nameMatcher } from '../../src/config/glob.ts';
import { isUrl } from '../../src/util/is-url.ts';
import { basename, dirname, normalize } from '../../src/util/posix-path.ts';
import { decodeUtf8 } from '../../src/util/strict-utf8.ts';
import { needs } from '../support/needs.ts';
import { type Peer, sharedPeer, supervisorPackage } from './peer.ts';

const settings = { numRuns: 400, seed: Number(process.env.HUPD_SEED ?? 20240229) };

function textOf(...pieces: string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));
}

describe('as in Python', () => {
  const shared = sharedPeer();
  const compare = (title: string, run: (peer: Peer) => Promise<void>) =>
    it(title, async (t: TestContext) => {
      if (needs(t, ...supervisorPackage)) await run(shared());
    });

  compare('a pattern matches the same names', (peer) => {
    const among = [
      'a',
      'b',
      'ab',
      'a-b',
      'a]b',
      '[a]',
      '!',
      '-',
      '^',
      'é',
      '\u{1f600}',
      '.a',
      'a.b',
      '\\',
      '&&',
      'A',
      '',
    ];
    const pattern = textOf(
      '*',
      '?',
      '[',
      ']',
      '!',
      '-',
      'a',
      'b',
      'z',
      '^',
      '\\',
      '.',
      '&&',
      '[a-b]',
      '[!a]',
      '[b-a]',
      '[]]',
      'é',
    );
    return fc.assert(
      fc.asyncProperty(pattern, async (text) => {
        const { value } = await peer.ask({ pattern: text, among });
        assert.deepEqual(
          among.filter((name) => nameMatcher(text).test(name)),
          value,
        );
      }),
      settings,
    );
  });

  compare('a path is cut and made normal in the same way', (peer) =>
    fc.assert(
      fc.asyncProperty(textOf('/', '//', '.', '..', 'a', '/../', '/./', 'b c'), async (path) => {
        const { value } = await peer.ask({ path });
        assert.deepEqual([normalize(path), dirname(path), basename(path)], value);
      }),
      settings,
    ),
  );

  compare('the same texts are URLs', (peer) =>
    fc.assert(
      fc.asyncProperty(textOf('http', 'unix', ':', '//', '/', '?', '#', 'a', '1', '+', '.', ' '), async (url) => {
        assert.equal(isUrl(url), (await peer.ask({ url })).value);
      }),
      settings,
    ),
  );

  compare('the same bytes are UTF-8, or wrong in the same place', (peer) => {
    const byte = fc.constantFrom(
      0x41,
      0x7f,
      0x80,
      0xbf,
      0xc0,
      0xc3,
      0xa9,
      0xe0,
      0xa0,
      0xe2,
      0x82,
      0xed,
      0xf0,
      0x9f,
      0xf4,
      0x90,
      0xf5,
      0xff,
    );
    return fc.assert(
      fc.asyncProperty(fc.array(byte, { maxLength: 8 }), async (list) => {
        const bytes = Buffer.from(list);
        const ours = decodeUtf8(bytes);
        const found = 'text' in ours ? { value: ours.text } : { error: ours.error };
        assert.deepEqual(found, await peer.ask({ bytes: bytes.toString('hex') }));
      }),
      settings,
    );
  });
});
