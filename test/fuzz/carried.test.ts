/** Whatever stands in a state file: what an earlier daemon left, or a refusal in words. A last line that was cut off says nothing. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { carriedFormat, readCarried, writeCarried } from '../../src/core/carried.ts';
import { bytesLike, fuzzed } from '../support/fuzz.ts';

const head = { record: 'hupd', format: carriedFormat, version: '1', boot: 'b', pid: 1, startTime: 2 };
const records = [
  head,
  { ...head, format: 99 },
  { record: 'group', name: 'web', spec: { name: 'web', kind: 'program', processes: [] } },
  { record: 'group', name: 'web', spec: null },
  {
    record: 'process',
    group: 'web',
    name: 'web',
    state: { process: { life: {}, retiring: [], generations: 1 }, logs: {}, children: [], configured: [] },
  },
  { record: 'reload', reload: { id: 1, facts: [], rollout: {} } },
  { record: 'fact', id: 1, fact: { fact: 'ready' } },
  { record: 'rollout', id: 1, at: {}, failures: [], outcome: null },
  { record: 'pools', saved: { nextSerial: 1, pools: [] } },
  { record: 'pool', pool: 'ear', change: { change: 'output', pid: 5, piece: 'READY' } },
  { record: 'sending', pid: 5, sending: { serial: 1, inputChanged: '1' } },
  { record: 'leaving' },
  { record: 'handed', descriptors: { servers: [], holders: [] } },
];
const lines = records.map((record) => `${JSON.stringify(record)}\n`);
const odd = ['null\n', '[]\n', '{}\n', '{"record":"__proto__"}\n', '{"__proto__":{"record":"leaving"}}\n', '\n', '{'];
const junk = bytesLike([...lines, ...odd, '"state":', '"children":[{}]', 'null', '}', ','], 12);
const text = fc.tuple(fc.boolean(), junk).map(([begins, bytes]) => (begins ? lines[0] : '') + bytes.toString('latin1'));

it('a state file of any bytes is read, or refused with a reason; what was read can be written and read again', () => {
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
    fuzzed(3000),
  );
  assert.ok(met.read > 100 && met.refused > 100, JSON.stringify(met));
});

it('a state file that was cut off anywhere after its first line says what its whole lines say', () => {
  const whole = [0, 2, 4, 5, 6, 8, 9, 10].map((index) => lines[index]).join('');
  const first = lines[0]?.length ?? 0;
  for (let end = first; end <= whole.length; end++) {
    const cut = whole.slice(0, end);
    const found = readCarried(cut);
    assert.ok(found.ok, `${end}`);
    const kept = readCarried(cut.slice(0, cut.lastIndexOf('\n') + 1));
    assert.deepEqual(found, kept);
  }
});
