/** Whatever stands in a state file: what an earlier daemon left, or a refusal in words. A last line that was cut off says nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { readCarried, writeCarried } from '../../src/core/carried-lines.ts';
import { FakeDaemon } from '../support/fake-daemon.ts';
import { bytesLike, fuzzed } from '../support/fuzz.ts';
import { killedDaemon } from '../support/kept-state.ts';

describe('a state file', () => {
  /** Of a daemon that was killed while much was under way. */
  let lines: readonly string[] = [];
  const dir = mkdtempSync(join(tmpdir(), 'hupd-fuzz-'));
  before(async () => {
    const { state } = await killedDaemon();
    lines = state.split('\n').slice(0, -1);
    process.chdir(dir); // where a log goes whose path has become any word
  });
  after(() => {
    process.chdir('/');
    rmSync(dir, { recursive: true });
  });

  it('of any bytes is read, or refused with a reason; what was read can be written and read again', () => {
    const whole = lines.map((line) => `${line}\n`);
    const odd = [
      'null\n',
      '[]\n',
      '{}\n',
      '{"record":"__proto__"}\n',
      '{"__proto__":{"record":"leaving"}}\n',
      '\n',
      '{',
    ];
    const junk = bytesLike([...whole, ...odd, '"state":', '"children":[{}]', 'null', '}', ','], 12);
    const text = fc
      .tuple(fc.boolean(), junk)
      .map(([begins, bytes]) => (begins ? whole[0] : '') + bytes.toString('latin1'));
    const met = { read: 0, refused: 0 };
    fc.assert(
      fc.property(text, (state) => {
        const found = readCarried(state);
        met[found.ok ? 'read' : 'refused']++;
        if (!found.ok) return assert.notEqual(found.why, '');
        const again = readCarried(
          writeCarried(found.carried)
            .map((record) => `${JSON.stringify(record)}\n`)
            .join(''),
        );
        assert.ok(again.ok);
        assert.deepEqual([...again.carried.processes], [...found.carried.processes]);
        assert.deepEqual([...again.carried.groups], [...found.carried.groups]);
      }),
      fuzzed(1500),
    );
    assert.ok(met.read > 100 && met.refused > 100, JSON.stringify(met));
  });

  it('that was cut off anywhere after its first line says what its whole lines say', () => {
    const [head = ''] = lines;
    const whole = `${[head, ...lines.slice(-8)].join('\n')}\n`;
    for (let end = head.length + 1; end <= whole.length; end += 7) {
      const cut = whole.slice(0, end);
      const found = readCarried(cut);
      assert.ok(found.ok, `${end}`);
      assert.deepEqual(found, readCarried(cut.slice(0, cut.lastIndexOf('\n') + 1)));
    }
  });

  it('of which anything is another value is refused, or taken up without harm: no error, no signal to everybody', async () => {
    const read = readCarried(`${lines.join('\n')}\n`);
    assert.ok(read.ok);
    const counting = writeCarried(read.carried).map((each) => JSON.stringify(each)); // without what later lines make void
    const value = fc.constantFrom(...values);
    const met = { taken: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), value, async (line, place, instead) => {
        const at = 1 + (line % (counting.length - 1));
        const changed = counting.with(at, changedAt(counting[at] ?? '', place, instead));
        const found = readCarried(`${changed.join('\n')}\n`);
        met[found.ok ? 'taken' : 'refused']++;
        if (!found.ok) return assert.match(found.why, /^line \d+: ./);
        const { configuration, os } = await killedDaemon();
        const daemon = new FakeDaemon(configuration, { os, left: found.carried });
        await daemon.up(5000);
        daemon.supervisor.shutdown();
        await daemon.elapse(70_000);
        assert.deepEqual(
          daemon.lines.filter((each) => /^CRIT|internal error/.test(each)),
          [],
        );
        assert.ok(os.signals.every(({ target, signal }) => target > 1 && signal > 0));
      }),
      fuzzed(400),
    );
    assert.ok(met.taken > 20 && met.refused > 100, JSON.stringify(met));
  });
});

const missing = Symbol('missing');
const values = [null, -1, 0, 1, 1.5, 1e308, 2 ** 53, '', 'x', '__proto__', true, false, [], {}, [{}], [null], missing];

/** That line with another value at one of its places, in the order in which they are written. */
function changedAt(line: string, place: number, instead: unknown): string {
  const places: Array<{ readonly holder: Record<string, unknown>; readonly key: string }> = [];
  const look = (holder: Record<string, unknown>) => {
    for (const [key, value] of Object.entries(holder)) {
      places.push({ holder, key });
      if (typeof value === 'object' && value !== null) look(value as Record<string, unknown>);
    }
  };
  const record = JSON.parse(line);
  look(record);
  const chosen = places[place % places.length];
  if (chosen !== undefined && instead === missing) delete chosen.holder[chosen.key];
  else if (chosen !== undefined) chosen.holder[chosen.key] = instead;
  return JSON.stringify(record);
}
