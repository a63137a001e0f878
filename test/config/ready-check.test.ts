import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMachine } from '../../src/config/datatype.ts';
import { readyCheck } from '../../src/config/ready-check.ts';
import type { ReadyCheck } from '../../src/core/spec.ts';

const usual = { statuses: [{ from: 200, to: 399 }], host: null, timeoutSecs: 10 };
const http = { kind: 'http', ...usual } as const;

const good: ReadonlyArray<readonly [text: string, check: ReadyCheck]> = [
  ['auto', { kind: 'auto' }],
  ['Accept', { kind: 'accept' }],
  ['notify', { kind: 'notify' }],
  ['startsecs', { kind: 'startsecs' }],
  ['http:/health', { ...http, address: null, path: '/health' }],
  ['http:/health?a=b&c', { ...http, address: null, path: '/health?a=b&c' }],
  ['http:/gr\u00fc\u00df', { ...http, address: null, path: '/gr%C3%BC%C3%9F' }],
  ['http://127.0.0.1:81/x', { ...http, address: { kind: 'tcp', host: '127.0.0.1', port: 81 }, path: '/x' }],
  ['http://localhost', { ...http, address: { kind: 'tcp', host: 'localhost', port: 80 }, path: '/' }],
  ['http://[::1]:81/x', { ...http, address: { kind: 'tcp', host: '::1', port: 81 }, path: '/x' }],
  [
    'http:/h  status=200-299,401  host=a.example:81 timeout=0.5',
    {
      ...http,
      address: null,
      path: '/h',
      statuses: [
        { from: 200, to: 299 },
        { from: 401, to: 401 },
      ],
      host: 'a.example:81',
      timeoutSecs: 0.5,
    },
  ],
  ['tcp://db:5432', { kind: 'tcp', host: 'db', port: 5432 }],
  ['unix:/run/web.sock', { kind: 'unix', path: '/run/web.sock' }],
  ['unix:///run/web.sock', { kind: 'unix', path: '/run/web.sock' }],
  ['exec:curl -sf "http://x/"', { kind: 'exec', command: 'curl -sf "http://x/"' }],
  ['fd:3', { kind: 'fd', fd: 3 }],
  ['log:^ready in \\d+ ms$', { kind: 'log', pattern: '^ready in \\d+ ms$' }],
];

for (const [text, check] of good) {
  test(`ready_check=${text} is understood`, () => {
    assert.deepEqual(readyCheck.parse(text, noMachine), { ok: true, value: check });
  });
}

const bad: ReadonlyArray<readonly [text: string, error: RegExp]> = [
  ['http', /^invalid 'ready_check' value 'http'$/],
  ['http:health', /^invalid/],
  ['http://', /^invalid/],
  ['http://user:secret@host/', /^invalid/],
  ['https://host/', /^invalid/],
  ['http:/h status=99', /^ready_check has 'status=99', and not one of status=200-399, host=name, timeout=seconds$/],
  ['http:/h status=300-200', /'status=300-200'/],
  ['http:/h status=200,,', /'status=200,,'/],
  ['http:/h timeout=0', /'timeout=0'/],
  ['http:/h timeout=soon', /'timeout=soon'/],
  ['http:/h verbose', /'verbose'/],
  ['tcp://host', /^Bad socket format/],
  ['unix:run/web.sock', /is not an absolute path$/],
  ['exec:', /^invalid/],
  ['fd:2', /^invalid/],
  ['fd:10000', /^invalid/],
  ['log:(', /^ready_check has a bad regular expression: '\('$/],
  ['ping', /^invalid/],
];

for (const [text, error] of bad) {
  test(`ready_check=${text} is refused`, () => {
    const parsed = readyCheck.parse(text, noMachine);
    assert.match(parsed.ok ? 'accepted' : parsed.error, error);
  });
}
