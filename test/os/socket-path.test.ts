import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { test } from 'node:test';
import { rig, until } from './rig.ts';

const PLAIN = { backlog: null, mode: null, owner: null };

test('a guarded path comes back as the same socket each time it is removed', async (t) => {
  const { os, directory } = rig(t);
  const path = `${directory}/s`;
  const socket = os.listen({ kind: 'unix', path }, PLAIN);
  const guard = os.guardSocketPath(path);
  const { ino } = lstatSync(path);
  for (let time = 0; time < 3; time += 1) {
    unlinkSync(path);
    await until('the path is back', () => existsSync(path));
    assert.equal(lstatSync(path).ino, ino);
  }
  guard.release();
  assert.deepEqual(readdirSync(directory), ['s']);
  os.closeSocket(socket);
});

test('a successor that bound the path anew is the one that is guarded then', async (t) => {
  const { os, directory } = rig(t);
  const path = `${directory}/s`;
  const first = os.listen({ kind: 'unix', path }, PLAIN);
  const guard = os.guardSocketPath(path);
  const spare = () => readdirSync(directory).find((name) => name !== 's') ?? 's';
  const second = os.listen({ kind: 'unix', path }, PLAIN);
  const { ino } = lstatSync(path);
  await until('the successor is guarded', () => lstatSync(`${directory}/${spare()}`).ino === lstatSync(path).ino);
  if (lstatSync(path).ino === ino) {
    unlinkSync(path);
    await until('the path is back', () => existsSync(path));
    assert.equal(lstatSync(path).ino, ino);
  }
  guard.release();
  os.closeSocket(first);
  os.closeSocket(second);
});

test('a released path is let go, and no socket at the path is an error', (t) => {
  const { os, directory } = rig(t);
  const path = `${directory}/s`;
  assert.throws(() => os.guardSocketPath(path), { code: 'ENOENT' });
  const socket = os.listen({ kind: 'unix', path }, PLAIN);
  os.guardSocketPath(path).release();
  unlinkSync(path);
  assert.deepEqual(readdirSync(directory), []);
  os.closeSocket(socket);
});
