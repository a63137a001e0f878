/** What is read without the parser is what the parser reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseResponse } from '../../src/rpc/codec.ts';
import { encodeFault, encodeResponse } from '../../src/rpc/encode-response.ts';
import { readPlainResponse } from '../../src/rpc/plain-response.ts';

const blank = fc.constantFrom(...Array<string>(6).fill(''), '\n', '\n', '\n', ' ', '\t', '\r\n');
const text = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.constantFrom(
    'p:p1',
    '',
    ' x ',
    '1',
    '0',
    '-7',
    '007',
    '+1',
    '1.5',
    '1e3',
    '99999999999',
    '&lt;',
    '&amp;lt;',
    '&#13;',
    '&quot;',
    '&#x41;',
  ),
  fc.constantFrom(']]>', 'ü', '\u0001', '<b/>', '<!-- -->', '<![CDATA[x]]>', 'a\rb', '&', '\n  \n'),
);
const tag = fc.constantFrom(
  ...Array<string>(8).fill('string'),
  'int',
  'i4',
  'boolean',
  'double',
  'base64',
  'STRING',
  'nil',
);
const name = fc.constantFrom(
  ...Array<string>(8).fill('name'),
  'state',
  'state',
  'x_1',
  '__proto__',
  '7',
  '',
  'a&amp;b',
  'constructor',
);
const { value } = fc.letrec<{ value: string; scalar: string; array: string; struct: string; member: string }>(
  (tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('scalar'), tie('array'), tie('struct')),
    scalar: fc
      .tuple(tag, tag, text, fc.integer({ min: 0, max: 9 }))
      .map(([open, other, inner, odd]) => `<value><${open}>${inner}</${odd === 0 ? other : open}></value>`),
    array: fc
      .tuple(blank, blank, fc.array(tie('value'), { maxLength: 3 }))
      .map(([a, b, items]) => `<value><array>${a}<data>${b}${items.join(b)}</data></array></value>`),
    struct: fc
      .array(tie('member'), { maxLength: 3 })
      .map((members) => `<value><struct>${members.join('\n')}</struct></value>`),
    member: fc
      .tuple(blank, name, blank, tie('value'))
      .map(([a, key, b, inner]) => `<member>${a}<name>${key}</name>${b}${inner}${a}</member>`),
  }),
);
const response = fc
  .record({
    head: fc.constantFrom("<?xml version='1.0'?>", "<?xml version='1.0'?>", '<?xml version="1.0"?>', '', '<!-- -->'),
    values: fc.array(value, { minLength: 1, maxLength: 1 }),
    extra: fc.constantFrom('', '', '', '', '', '<param><value><int>1</int></value></param>'),
    isFault: fc.boolean(),
    blanks: fc.tuple(blank, blank, blank),
    rest: fc.constantFrom('', '', '', '', '', '', '\n', 'x', '<a/>'),
  })
  .map(({ head, values: [inner = ''], extra, isFault, blanks: [a, b, c], rest }) => {
    const body = isFault ? `<fault>${b}${inner}</fault>` : `<params>${b}<param>${inner}${c}</param>${extra}</params>`;
    return `${head}${a}<methodResponse>${b}${body}${c}</methodResponse>${rest}`;
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
  assert.ok(plain > 150, `${plain} were plain`);
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
