/** What a daemon at rest gives back, measured in this very process. */
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { loadLibc } from '../../src/os/libc.ts';
import { giveBack } from '../../src/os/memory.ts';

/** kB of node's own program code and constants that are mapped in. */
function programKb(): number {
  const program = readlinkSync('/proc/self/exe');
  let inside = false;
  let sum = 0;
  for (const line of readFileSync('/proc/self/smaps', 'latin1').split('\n')) {
    if (/^[0-9a-f]+-/.test(line)) inside = line.endsWith(` ${program}`) && / r-[x-]p /.test(line);
    else if (inside && line.startsWith('Rss:')) sum += Number(/\d+/.exec(line)?.[0]);
  }
  return sum;
}

test('garbage and the pages of code that has run are given back, and the process goes on', () => {
  const loaded = loadLibc();
  assert.ok(loaded.ok);
  let garbage: unknown[] | null = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  const full = process.memoryUsage().heapUsed;
  const mapped = programKb();
  assert.ok(garbage.length > 0);
  garbage = null;
  giveBack(loaded.libc);
  assert.ok(programKb() < mapped / 2, `${programKb()} of ${mapped} kB`);
  assert.ok(process.memoryUsage().heapUsed < full - 4_000_000);
  assert.equal(JSON.parse('{"a":[1,2]}').a.length, 2);
  assert.equal(typeof (globalThis as { gc?: unknown }).gc, 'undefined');
});

test('without the C library it collects all the same', () => {
  const garbage = { kept: Array.from({ length: 200_000 }, (_, index) => ({ index })) as unknown[] | null };
  const full = process.memoryUsage().heapUsed;
  garbage.kept = null;
  giveBack(null);
  assert.ok(process.memoryUsage().heapUsed < full - 4_000_000);
});
