/** Requests that nobody should send: pieces of HTTP in any order, calls of random shape, whole requests with a few bytes changed. Seeded. */
import fc from 'fast-check';
import { basic, call, get, post } from './raw-http.ts';

export interface BadRequest {
  readonly bytes: Buffer;
  /** It is whole, so there is an answer to wait for. */
  readonly whole: boolean;
}

export interface BadRequestOptions {
  readonly count: number;
  readonly seed: number;
  /** Methods that may be called with anything. */
  readonly methods: readonly string[];
  readonly credentials: { readonly username: string; readonly password: string };
  /** Names that mean something to the server. */
  readonly names: readonly string[];
}

export function badRequests(options: BadRequestOptions): readonly BadRequest[] {
  const { count, seed } = options;
  const arbitrary = fc.oneof(
    { weight: 3, arbitrary: shuffled(options) },
    { weight: 5, arbitrary: anyCall(options) },
    { weight: 2, arbitrary: mutated(options) },
  );
  return fc.sample(arbitrary, { numRuns: count, seed });
}

function shuffled({ credentials, names }: BadRequestOptions): fc.Arbitrary<BadRequest> {
  const { Authorization } = basic(credentials.username, credentials.password);
  const name = names[0] ?? '';
  const pieces = [
    'POST /RPC2 HTTP/1.1\r\n',
    'GET / HTTP/1.1\r\n',
    `GET /logtail/${name} HTTP/1.0\r\n`,
    'GET /mainlogtail HTTP/1.1\r\n',
    'HEAD /tail.html?processname=%ff&limit=-1 HTTP/1.1\r\n',
    `GET /tail.html?processname=${name}&limit=99999999999999 HTTP/1.1\r\n`,
    'POST /index.html?action=nope HTTP/1.1\r\n',
    'OPTIONS * HTTP/1.1\r\n',
    'GET http://other/ HTTP/1.1\r\n',
    'CONNECT other:80 HTTP/1.1\r\n',
    'Host: x\r\n',
    `Authorization: ${Authorization}\r\n`,
    'Authorization: Basic ====\r\n',
    'Content-Length: 10\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: 99999999999999999999\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Connection: close\r\n',
    'Expect: 100-continue\r\n',
    'Upgrade: x\r\nConnection: upgrade\r\n',
    '\r\n',
    '\r\n\r\n',
    'a\r\n0123456789\r\n0\r\n\r\n',
    call('supervisor.getProcessInfo', name),
    call('supervisor.getProcessInfo', 'x').slice(0, 60),
    '<value><struct><member><name>',
    '<![CDATA[',
    ']]>',
    '&#0;&#x110000;&lol;',
  ];
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  );
  return fc.array(piece, { maxLength: 8 }).map((parts) => ({ bytes: Buffer.from(parts.join('')), whole: false }));
}

function anyCall({ methods, names, credentials }: BadRequestOptions): fc.Arbitrary<BadRequest> {
  const texts = [
    ...names,
    '',
    '*',
    'nope',
    'nope:*',
    'all',
    '15',
    'TERM',
    '-1',
    '&#27;',
    '%(here)s',
    '../../etc/passwd',
  ];
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer().map((n) => `<int>${n}</int>`),
      fc.constantFrom(...texts).map((text) => `<string>${text}</string>`),
      fc.boolean().map((b) => `<boolean>${b ? 1 : 0}</boolean>`),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => `<double>${n}</double>`),
      fc.constantFrom('<nil/>', '<base64>AAAA</base64>', '<dateTime.iso8601>20260101T00:00:00</dateTime.iso8601>'),
      fc.array(tie('value'), { maxLength: 3 }).map((all) => {
        const items = all.map((item) => `<value>${item}</value>`).join('');
        return `<array><data>${items}</data></array>`;
      }),
      fc
        .tuple(fc.constantFrom('methodName', 'params', '__proto__', 'constructor'), tie('value'))
        .map(([name, inner]) => {
          return `<struct><member><name>${name}</name><value>${inner}</value></member></struct>`;
        }),
    ),
  }));
  const method = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...methods) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('constructor', '__proto__.x', 'supervisor.__init__', 'supervisor', '.', ''),
    },
  );
  return fc.tuple(method, fc.array(value, { maxLength: 3 })).map(([name, params]) => {
    const list = params.map((param) => `<param><value>${param}</value></param>`).join('');
    const xml = `<methodCall><methodName>${name}</methodName><params>${list}</params></methodCall>`;
    return { bytes: Buffer.from(post('/RPC2', xml, basic(credentials.username, credentials.password))), whole: true };
  });
}

function mutated({ names, credentials }: BadRequestOptions): fc.Arbitrary<BadRequest> {
  const header = basic(credentials.username, credentials.password);
  const good = [
    post('/RPC2', call('supervisor.getProcessInfo', names[0] ?? ''), header),
    post('/RPC2', call('system.methodHelp', 'supervisor.getState'), header),
    get(`/logtail/${names[0]}`, header),
    get('/', header),
    get(`/tail.html?processname=${names[0]}`, header),
  ];
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(4),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom(Buffer.from('\r\n'), Buffer.from('<'), Buffer.from('\0')),
    ),
  });
  return fc.tuple(fc.constantFrom(...good), fc.array(edit, { minLength: 1, maxLength: 4 })).map(([text, edits]) => {
    let bytes = Buffer.from(text);
    for (const { at, remove, insert } of edits) {
      const start = Math.floor(at * bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
    }
    return { bytes, whole: false };
  });
}
