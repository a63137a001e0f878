import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deque } from '../../src/util/deque.ts';

test('a deque does what an array does', () => {
  const operation = fc.oneof(fc.nat(), fc.constantFrom('shift', 'shift', 'unshift', 'peek'));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
      const [deque, array] = [new Deque<number>([1, 2]), [1, 2]];
      for (const what of operations) {
        if (what === 'shift') assert.equal(deque.shift(), array.shift());
        else if (what === 'peek') assert.equal(deque.peek(), array[0]);
        else if (what === 'unshift') {
          deque.unshift(-1);
          array.unshift(-1);
        } else if (typeof what === 'number') {
          deque.push(what);
          array.push(what);
        }
        assert.equal(deque.length, array.length);
      }
      assert.deepEqual(deque.toArray(), array);
    }),
  );
});
