/** hupctl starts fast because it loads little. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../src');

/** The built modules that are loaded with this one, whatever is done; dynamic imports are not followed. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  seen.add(file);
  for (const [, name = ''] of readFileSync(join(root, file), 'utf8').matchAll(
    /^(?:import|export)\b[^;]*?from '([^']+)'/gm,
  )) {
    const next = name.startsWith('.') ? join(file, '..', name) : name;
    if (!seen.has(next) && name.startsWith('.')) loadedWith(next, seen);
    else seen.add(next);
  }
  return seen;
}

test('no command, no parser, no shell and no configuration is loaded before it is needed', () => {
  const loaded = [...loadedWith('hupctl.js')];
  assert.ok(loaded.includes('ctl/ctl.js'));
  const lazy =
    /^ctl\/(commands|shell|line-input|graceful|progress|completion)|^rpc\/codec|^config\/load|xmlrpc|blessed|^node:(http|readline)/;
  assert.deepEqual(
    loaded.filter((file) => lazy.test(file)),
    [],
  );
});

test('status loads what it needs and no more', () => {
  const loaded = [...loadedWith('ctl/commands/status.js')];
  assert.deepEqual(
    loaded.filter((file) => /^ctl\/commands/.test(file)),
    ['ctl/commands/status.js'],
  );
  assert.deepEqual(
    loaded.filter((file) => /ctl\/(act|follow|progress)|codec/.test(file)),
    [],
  );
});

test('a call without parameters loads no serializer, and none loads a parser before there is an answer', () => {
  assert.deepEqual(
    [...loadedWith('rpc/codec.js')].filter((file) => /serializer/.test(file)),
    [],
  );
});
