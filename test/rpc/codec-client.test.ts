import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeResponse, encodeCall } from '../../src/rpc/codec.ts';

const response = (value: string): string =>
  `<?xml version="1.0"?>\n<methodResponse>\n<params>\n<param>\n<value>${value}</value>\n</param>\n</params>\n</methodResponse>\n`;

test('a call carries each kind of value with its own tag', async () => {
  const xml = await encodeCall('supervisor.x', ['a<&>]]>b', '', 7, -0, 0.5, true, ['é', { k: 'v' }]]);
  assert.match(xml, /<methodName>supervisor\.x<\/methodName>/);
  assert.match(xml, /<string>a&#60;&#38;&#62;]]&#62;b<\/string>/);
  assert.match(xml, /<string\/>/);
  assert.match(xml, /<int>7<\/int>.*<int>0<\/int>.*<double>0\.5<\/double>.*<boolean>1<\/boolean>/);
  assert.match(xml, /<array><data><value><string>é<\/string>.*<name>k<\/name>/);
});

test('a call lets control characters through for the server to judge', async () => {
  assert.ok((await encodeCall('m', ['\u001b[31m'])).includes('<string>\u001b[31m</string>'));
});

test('a response is read with its types', async () => {
  const xml = response(
    '<array><data><value><int>-1</int></value><value><boolean>1</boolean></value><value>bare</value><value><string></string></value>' +
      '<value><struct><member><name>pid</name><value><int>12</int></value></member></struct></value></data></array>',
  );
  assert.deepEqual(await decodeResponse(xml), { value: [-1, true, 'bare', '', { pid: 12 }] });
});

test('a fault is a value', async () => {
  const xml =
    '<?xml version="1.0"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>10</int></value></member>' +
    '<member><name>faultString</name><value><string>BAD_NAME: web</string></value></member></struct></value></fault></methodResponse>';
  assert.deepEqual(await decodeResponse(xml), { fault: { faultCode: 10, faultString: 'BAD_NAME: web' } });
});

test('escape sequences of a log come through, and line ends as XML has them', async () => {
  assert.deepEqual(await decodeResponse(response('<string>\u001b[1mx\r\ny\rz&#13;&amp;é</string>')), {
    value: '\u001b[1mx\ny\nz\r&é',
  });
});

test('what is no response is refused', async () => {
  await assert.rejects(decodeResponse(''));
  await assert.rejects(decodeResponse('<html>no</html>'));
  await assert.rejects(decodeResponse(response('<int>1</int>').slice(0, 60)));
  await assert.rejects(decodeResponse('<methodCall><methodName>x</methodName></methodCall>'));
});

test('a call without parameters is the same to a server', async () => {
  assert.equal(
    await encodeCall('a<b', []),
    '<?xml version="1.0"?><methodCall><methodName>a&#60;b</methodName><params/></methodCall>',
  );
});
