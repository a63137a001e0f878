/** A listener written after supervisord's documentation records the same story under supervisord and under hupd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../support/needs.ts';
import { findDisorder, masked, playScenario } from './scenario.ts';
import { hupd, supervisord } from './server.ts';

test('a listener sees the same events, in the same order, under supervisord and under hupd', async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
  const [theirs, ours] = await Promise.all([playScenario(supervisord), playScenario(hupd)]);
  assert.deepEqual(findDisorder(theirs), []);
  assert.deepEqual(findDisorder(ours), []);
  assert.ok(masked(theirs).length > 60, String(masked(theirs).length));
  assert.deepEqual(masked(ours), masked(theirs));
});
