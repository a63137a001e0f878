/** Whatever is posted as a call: a call, or a problem in words; and whatever is called with whatever arguments: an answer or a fault. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { logFiles } from '../../src/log/read-log.ts';
import { rpcBounds } from '../../src/rpc/bounds.ts';
import type { RpcValue } from '../../src/rpc/codec.ts';
import { faultCodes } from '../../src/rpc/contract.ts';
import { decodeCall } from '../../src/rpc/decode-call.ts';
import { createRpc } from '../../src/rpc/dispatch.ts';
import { encodeResponse } from '../../src/rpc/encode-response.ts';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { bytesLike, fuzzed } from '../support/fuzz.ts';

const xml = bytesLike([
  '<?xml version="1.0"?>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  ...['methodCall', 'methodName', 'params', 'param', 'value', 'string', 'int', 'boolean', 'double', 'base64'].flatMap(
    (tag) => [`<${tag}>`, `</${tag}>`, `<${tag}/>`, `<${tag} a="b">`],
  ),
  ...['array', 'data', 'struct', 'member', 'name', 'dateTime.iso8601', 'nil'].flatMap((tag) => [
    `<${tag}>`,
    `</${tag}>`,
  ]),
  'supervisor.getState',
  '&lt;&amp;&#0;&#x10ffff;&#99999999;&nope;',
  '<![CDATA[x]]>',
  '<!-- c -->',
  '2026-11-27T10:00:00',
  '<methodCall><methodName>supervisor.getState</methodName><params>',
]);

it('whatever is posted is a call with a name and parameters, or a problem', async () => {
  await fc.assert(
    fc.asyncProperty(xml, async (bytes) => {
      const read = await decodeCall(bytes.toString('latin1'), rpcBounds);
      if ('problem' in read) assert.equal(typeof read.problem, 'string');
      else assert.ok(read.method !== '' && Array.isArray(read.params));
    }),
    fuzzed(3000),
  );
});

const value: fc.Arbitrary<RpcValue> = fc.oneof(
  fc.string(),
  fc.constantFrom('web', 'web:*', 'web:web', '', ':', '*', 'TERM', '9', '__proto__', 'constructor'),
  fc.integer(),
  fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31), 1e300, Number.NaN),
  fc.boolean(),
  fc.constant(null as never),
  fc.array(fc.oneof(fc.string(), fc.dictionary(fc.string(), fc.string())), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('methodName', 'params', '__proto__', 'x'), fc.string(), { maxKeys: 3 }),
);

it('any method with any arguments answers what can be sent, or a fault of the table; nothing throws', async () => {
  const daemon = new FakeSupervision([{ group: 'web', name: 'web', state: 'RUNNING', pid: 11, startedAt: 1000 }]);
  const interfaces = [
    { namespace: 'supervisor', interface: 'main' as const },
    { namespace: 'twiddler', interface: 'twiddler' as const, whitelist: [] },
  ];
  const rpc = createRpc({ daemon, logs: logFiles }, interfaces);
  const listed = await rpc.call('system.listMethods', []);
  assert.ok('value' in listed);
  // A start, a stop or a reload that is waited for is open until this fake decides.
  const waits = /\.(wait\w+|(start|stop|add)Process\w*|(start|stop)All\w*)$/;
  const names = (listed.value as readonly string[]).filter((name) => !waits.test(name));
  const name = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...names) },
    fc.string(),
    fc.constantFrom(
      'supervisor.__proto__',
      'supervisor.constructor',
      'supervisord.options',
      'supervisor.supervisord.options.warnings.linecache.os.system',
    ),
  );
  await fc.assert(
    fc.asyncProperty(name, fc.array(value, { maxLength: 4 }), async (method, params) => {
      assert.ok(Array.isArray(rpc.changes(method, params)));
      const outcome = await rpc.call(method, params);
      if ('value' in outcome) assert.match(encodeResponse(outcome.value, 'replaced'), /^<\?xml/);
      else assert.ok(outcome.fault in faultCodes);
    }),
    fuzzed(3000),
  );
  assert.deepEqual(
    daemon.logged.filter((line) => /unexpected exception/.test(line)).map((line) => line.slice(0, 500)),
    [],
  );
});
