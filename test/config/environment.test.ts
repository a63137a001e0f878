import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEnvironment } from '../../src/config/environment.ts';
import { needs } from '../support/needs.ts';
import { sharedPeer, supervisorPackage } from './peer.ts';

const unfinished = (text: string) => `Unexpected end of key/value pairs in value '${text}'`;

/** As 4.2.5 and 4.3.0 read it. A text for an error. */
const rows: ReadonlyArray<readonly [string, Readonly<Record<string, string>> | string]> = [
  ['', {}],
  ['A=b,B="c,d"', { A: 'b', B: 'c,d' }],
  ["A='x y', B=\"it's\"", { A: 'x y', B: "it's" }],
  ['A="x\\"y"', { A: 'x\\' }],
  ['A="x\\"y",B=1', unfinished('A="x\\"y",B=1')],
  ['A=""', { A: '' }],
  ['A="b#c"', { A: 'b#c' }],
  ['A=b#c', { A: 'b' }],
  ['A=b#c\nd', { A: 'bd' }],
  ['A=b,\nB=c', { A: 'b', B: 'c' }],
  ['A=http://x:80/p', { A: 'http://x:80/p' }],
  ['A=http://x:80/p?q=1', { A: 'http://x:80/p', q: '1' }],
  ['A=$HOME', { A: '$' }],
  ['A=~/x', { A: '~' }],
  ['A=b;B=c', { A: 'b', B: 'c' }],
  ['A=1,A=2', { A: '2' }],
  ['A=1,', { A: '1' }],
  ['A="a" "b"', { A: 'a' }],
  ['A="a""b"', { A: 'a' }],
  ['A=a"b"c', { A: 'a"b"c' }],
  ['A="\'x\'"', { A: 'x' }],
  ['"A"=b', { '"A"': 'b' }],
  ['A=é', { A: 'é' }],
  ['A = b', { A: 'b' }],
  ['__proto__=x', { ['__proto__']: 'x' }],
  ['A', unfinished('A')],
  ['A=', unfinished('A=')],
  ['A=1,,B=2', unfinished('A=1,,B=2')],
  ['A=b B=c', unfinished('A=b B=c')],
  ['A=x@y', unfinished('A=x@y')],
  ['A=[x]', unfinished('A=[x]')],
  ['A="b"B="c"', unfinished('A="b"B="c"')],
  ['A="b', 'No closing quotation'],
  ["A=it's", { A: "it's" }],
];

describe('environment=', () => {
  const peer = sharedPeer();
  for (const [text, wanted] of rows) {
    it(`${JSON.stringify(text)} is ${typeof wanted === 'string' ? 'refused' : JSON.stringify(wanted)}`, async (t) => {
      const ours = parseEnvironment(text);
      const found = ours.ok ? { value: [...ours.value] } : { error: ours.error };
      assert.deepEqual(found, typeof wanted === 'string' ? { error: wanted } : { value: Object.entries(wanted) });
      if (needs(t, ...supervisorPackage)) assert.deepEqual(found, await peer().ask({ environment_text: text }));
    });
  }
});
