import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeResponse } from '../../src/rpc/codec.ts';
import {
  Double,
  encodeFault,
  encodeResponse,
  type RpcResult,
  replaceUnrepresentable,
} from '../../src/rpc/encode-response.ts';

test('a response has the bytes that Python writes', () => {
  assert.equal(
    encodeResponse([{ a: 1, b: true }, 'x<&>y', new Double(1.5)]),
    `<?xml version='1.0'?>
<methodResponse>
<params>
<param>
<value><array><data>
<value><struct>
<member>
<name>a</name>
<value><int>1</int></value>
</member>
<member>
<name>b</name>
<value><boolean>1</boolean></value>
</member>
</struct></value>
<value><string>x&lt;&amp;&gt;y</string></value>
<value><double>1.5</double></value>
</data></array></value>
</param>
</params>
</methodResponse>
`,
  );
});

test('a fault has the bytes that Python writes', () => {
  assert.equal(
    encodeFault({ faultCode: 10, faultString: 'BAD_NAME: x' }),
    `<?xml version='1.0'?>
<methodResponse>
<fault>
<value><struct>
<member>
<name>faultCode</name>
<value><int>10</int></value>
</member>
<member>
<name>faultString</name>
<value><string>BAD_NAME: x</string></value>
</member>
</struct></value>
</fault>
</methodResponse>
`,
  );
});

test('a number that does not fit into 32 bits is capped, a fraction cut, a double stays one', () => {
  const ints = [2 ** 31, -(2 ** 40), 3.7, -0, Number.NaN].map((n) => encodeResponse(n).match(/<int>(.*)<\/int>/)?.[1]);
  assert.deepEqual(ints, ['2147483647', '-2147483648', '3', '0', '0']);
  assert.match(encodeResponse(new Double(2)), /<double>2<\/double>/);
});

test('what XML cannot carry is replaced by what can be read, line ends and C1 controls are kept', async () => {
  const text = 'a\u001b[31m\u0000\u0007\ufffe\ud800 \t\r\n\u007f\u0085\u2028😀';
  const shown = 'a␛[31m␀␇\ufffd\ufffd \t\r\n\u007f\u0085\u2028😀';
  assert.deepEqual(await decodeResponse(encodeResponse(text)), { value: shown });
  assert.deepEqual(await decodeResponse(encodeResponse('\u001b[1m\r', 'raw')), { value: '\u001b[1m\r' });
});

const result: fc.Arbitrary<RpcResult> = fc.letrec<{ value: RpcResult }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('whatever is written is read back equal, less what XML cannot carry', async () => {
  await fc.assert(
    fc.asyncProperty(result, async (value) => {
      assert.deepEqual(await decodeResponse(encodeResponse(value)), { value: representable(value) });
    }),
    { numRuns: 300 },
  );
});

function representable(value: RpcResult): unknown {
  if (typeof value === 'string') return replaceUnrepresentable(value);
  if (typeof value !== 'object' || value instanceof Double) return value;
  if (Array.isArray(value)) return value.map(representable);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, representable(inner)]));
}
