import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readConfiguration } from '../../src/config/configuration.ts';
import { noFlags } from '../../src/config/daemon-flags.ts';
import { noMachine } from '../../src/config/datatype.ts';
import { sectionKinds } from '../../src/config/unknown-names.ts';
import { fuzzed } from '../support/fuzz.ts';
import { configText } from './arbitraries.ts';

const own = sectionKinds
  .flatMap(({ options }) => Object.values(options).filter((row) => row.own))
  .map(({ name }) => name);
const odd = [
  'http://',
  'http://[',
  'http:/x',
  'log:(',
  'tcp://[::',
  'tcp://[x]:1',
  'unix:///',
  'fd:99999',
  '1e400',
  '-0',
  '%',
];

describe('whatever stands in a file', () => {
  it('reading it ends with a configuration, or with an error and a finding', () => {
    const option = fc.tuple(fc.constantFrom(...own), fc.oneof(fc.string(), fc.constantFrom(...odd)));
    const patch = fc.tuple(fc.nat(400), fc.uint8Array({ maxLength: 4 }));
    const property = fc.property(configText, fc.array(option), fc.option(patch), (text, options, patched) => {
      const lines = options.map(([name, value]) => `${name}=${value}\n`);
      const bytes = Buffer.from(`${text}\n[program:zz]\ncommand=x\n${lines.join('')}`);
      if (patched !== null)
        bytes.set(patched[1].subarray(0, Math.max(0, bytes.length - patched[0])), Math.min(patched[0], bytes.length));
      const machine = { ...noMachine, read: () => bytes };
      const result = readConfiguration(machine, { file: '/x', shownAs: 'x', flags: noFlags, environment: new Map() });
      const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
      assert.equal(result.ok, errors.length === 0);
    });
    fc.assert(property, fuzzed(500));
  });
});
