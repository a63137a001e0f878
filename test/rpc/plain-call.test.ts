/** What is read without the parser is what the parser reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rpcBounds } from '../../src/rpc/bounds.ts';
import { parseCall } from '../../src/rpc/decode-call.ts';
import { readPlainCall } from '../../src/rpc/plain-call.ts';

const blank = fc.constantFrom('', '', '\n', ' ', '\r\n', '\t');
const word = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('p:p1', '', ' x ', '1', '-7', '007', '+1', '1.5', '&lt;', ']]>', 'ü', '\u0001', '<b/>'),
);
const tag = fc.constantFrom('string', 'string', 'int', 'i4', 'boolean', 'double', 'base64', 'STRING', 'nil');
const value = fc
  .tuple(tag, tag, word, fc.boolean())
  .map(([open, other, text, fits]) => `<value><${open}>${text}</${fits ? open : other}></value>`);
const param = fc.tuple(blank, value, blank, blank).map(([a, inner, b, c]) => `<param>${a}${inner}${b}</param>${c}`);
const call = fc
  .record({
    head: fc.constantFrom(
      '',
      "<?xml version='1.0'?>",
      '<?xml version="1.0"?>',
      '<?xml version="1.0" encoding="utf-8"?>',
      '<!-- -->',
    ),
    method: fc.constantFrom('supervisor.getState', 'a', '', 'a b', 'x&amp;y'),
    params: fc.array(param, { maxLength: 3 }),
    open: fc.constantFrom('<params>', '<params>', '<params>', ''),
    close: fc.constantFrom('</params>', '</params>', '</params>', ''),
    blanks: fc.tuple(blank, blank, blank, blank),
    rest: fc.constantFrom('', '', '', '', '', '', '\n', 'x', '<a/>'),
  })
  .map(
    ({ head, method, params, open, close, blanks: [a, b, c, d], rest }) =>
      `${head}${a}<methodCall>${b}<methodName>${method}</methodName>${c}${open}${d}${params.join('')}${close}</methodCall>${rest}`,
  );

test('a call that is read without the parser is read as the parser would', async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(call, async (xml) => {
      const read = readPlainCall(xml);
      if (read === null) return;
      plain++;
      assert.deepEqual(read, await parseCall(xml, rpcBounds));
    }),
    { numRuns: 3000 },
  );
  assert.ok(plain > 20, `${plain} were plain`);
});

test('the calls of supervisorctl and of Python need no parser', () => {
  const python = `<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.startProcess</methodName>\n<params>\n<param>\n<value><string>web</string></value>\n</param>\n<param>\n<value><boolean>0</boolean></value>\n</param>\n</params>\n</methodCall>\n`;
  assert.deepEqual(readPlainCall(python), { method: 'supervisor.startProcess', params: ['web', false] });
  const without = `<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.getState</methodName>\n<params>\n</params>\n</methodCall>\n`;
  assert.deepEqual(readPlainCall(without), { method: 'supervisor.getState', params: [] });
});
