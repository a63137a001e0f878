import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fnv1a } from '../../src/util/fnv.ts';

test('the digests are those of the specification', () => {
  assert.equal(fnv1a(''), 'cbf29ce484222325');
  assert.equal(fnv1a('a'), 'af63dc4c8601ec8c');
  assert.equal(fnv1a('foobar'), '85944171f73967e8');
  assert.match(fnv1a('/etc/hupd/hüpd.conf'), /^[0-9a-f]{16}$/);
});
