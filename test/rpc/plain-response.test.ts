/** What is read without the parser is what the parser reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseResponse } from '../../src/rpc/codec.ts';
import { encodeFault, encodeResponse } from '../../src/rpc/encode-response.ts';
import { readPlainResponse } from '../../src/rpc/plain-response.ts';

/** Nearly always the first. */
const mostly = (usual: string, ...others: readonly string[]) =>
  fc.constantFrom(...Array<string>(40).fill(usual), ...others);
const text = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.constantFrom('p:p1', '', ' x ', '1', '0', '-7', '007', '+1', '1.5', '1e3', 'NaN', '99999999999'),
  fc.constantFrom('&lt;', '&amp;lt;', '&#13;', '&quot;', '&#x41;', '&', ']]>', 'ü', '\u0001', '\n  \n'),
  mostly('x', '<b/>', '<!-- -->', '<![CDATA[x]]>', 'a\rb'),
);
const number = fc.oneof(fc.integer().map(String), fc.constantFrom('1', '0', '-7', '0.5', '-0', '00', '', '1x'));
const type = mostly('string', 'i4', 'base64', 'STRING', 'nil', 'array', 'struct');
const name = fc
  .constantFrom('name', 'state', 'x_1', 'constructor', '7', '')
  .chain((usual) => mostly(usual, '__proto__', 'a&amp;b', '<b/>'));
const line = mostly('\n', '', ' ', '\n\n', '\r\n', '\t');
const { value } = fc.letrec<{ value: string; scalar: string; array: string; struct: string; member: string }>(
  (tie) => ({
    value: fc
      .tuple(fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('scalar'), tie('array'), tie('struct')), line)
      .map(([inner, end]) => `<value>${inner}</value>${end}`),
    scalar: fc.oneof(
      fc.tuple(type, text).chain(([tag, inner]) => mostly(tag, 'int').map((close) => `<${tag}>${inner}</${close}>`)),
      fc.tuple(fc.constantFrom('int', 'boolean', 'double'), number).map(([tag, inner]) => `<${tag}>${inner}</${tag}>`),
    ),
    array: fc
      .tuple(line, fc.array(tie('value'), { maxLength: 3 }))
      .map(([end, items]) => `<array><data>${end}${items.join('')}</data></array>`),
    struct: fc
      .tuple(line, fc.array(tie('member'), { maxLength: 3 }))
      .map(([end, members]) => `<struct>${end}${members.join('')}</struct>`),
    member: fc
      .tuple(line, name, line, tie('value'), line)
      .map(([a, key, b, inner, c]) => `<member>${a}<name>${key}</name>${b}${inner}</member>${c}`),
  }),
);
const response = fc
  .record({
    head: mostly("<?xml version='1.0'?>", '<?xml version="1.0"?>', '', '<!-- -->'),
    inner: value,
    extra: mostly('', '<param><value><int>1</int></value></param>'),
    isFault: fc.boolean(),
    end: line,
    rest: mostly('', '\n', 'x', '<a/>'),
  })
  .map(({ head, inner, extra, isFault, end, rest }) => {
    const body = isFault ? `<fault>\n${inner}</fault>` : `<params>\n<param>${end}${inner}</param>\n${extra}</params>`;
    return `${head}\n<methodResponse>\n${body}${end}</methodResponse>\n${rest}`;
  });

test('a response that is read without the parser is read as the parser would', async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(response, async (xml) => {
      const read = readPlainResponse(xml);
      if (read === null) return;
      plain++;
      assert.deepEqual(read, await parseResponse(xml));
    }),
    { numRuns: 3000 },
  );
  assert.ok(plain > 500, `${plain} were plain`);
});

const info = {
  name: 'web',
  state: 20,
  description: 'pid 5, uptime 0:00:01',
  spawnerr: "can't find <x> & co\r",
  ok: true,
};

test('what hupd answers needs no parser', () => {
  const value = { list: [info, { ...info, generations: [{ number: 1 }] }], none: [], empty: {} };
  assert.deepEqual(readPlainResponse(encodeResponse(value)), { value });
  assert.deepEqual(readPlainResponse(encodeResponse('\u001b[1m', 'raw')), { value: '\u001b[1m' });
  const fault = { faultCode: 10, faultString: 'BAD_NAME: web' };
  assert.deepEqual(readPlainResponse(encodeFault(fault)), { fault });
});

test('a long text and a nesting without end are no trouble', async () => {
  const long = 'x &'.repeat(200_000);
  assert.deepEqual(readPlainResponse(encodeResponse(long)), { value: long });
  const deep = '<value><array><data>'.repeat(5000);
  assert.equal(readPlainResponse(`<?xml version='1.0'?><methodResponse><params><param>${deep}`), null);
});
