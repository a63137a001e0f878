import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ResponseReader } from '../../src/ctl/http-response.ts';
import { splits } from '../support/splits.ts';

function read(chunks: readonly Buffer[]) {
  const seen = { head: '', body: '', ok: true, done: false };
  const reader = new ResponseReader({
    head: ({ status, reason }) => {
      seen.head += `${status} ${reason}`;
    },
    body: (bytes) => {
      seen.body += bytes;
    },
  });
  seen.ok = chunks.every((chunk) => reader.push(chunk));
  seen.done = reader.done;
  return seen;
}

const head = (...lines: readonly string[]): string =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

const responses = {
  'a body of announced length': [
    `${head('Content-Length: 5')}hello`,
    { head: '200 OK', body: 'hello', ok: true, done: true },
  ],
  'a body in chunks': [
    `${head('transfer-encoding: Chunked')}5\r\nhello\r\nA;x=y\r\n, world\r\n!\r\n0\r\nTrailer: x\r\n\r\n`,
    { head: '200 OK', body: 'hello, world\r\n!', ok: true, done: true },
  ],
  'a body that the connection ends': [
    `${head('Server: x')}hello`,
    { head: '200 OK', body: 'hello', ok: true, done: false },
  ],
  'no body': [
    'HTTP/1.0 401 Not Authorized\r\ncontent-length:0\r\n\r\n',
    { head: '401 Not Authorized', body: '', ok: true, done: true },
  ],
  'a status without a reason': [
    'HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n',
    { head: '500 ', body: '', ok: true, done: true },
  ],
  'more than was announced': [
    `${head('Content-Length: 2')}hello`,
    { head: '200 OK', body: 'hello', ok: true, done: true },
  ],
} as const;

for (const [title, [text, expected]] of Object.entries(responses)) {
  test(`a response with ${title} is read, however it is cut`, () => {
    assert.deepEqual(read([Buffer.from(text)]), expected);
    fc.assert(
      fc.property(splits(Buffer.from(text)), (chunks) => assert.deepEqual(read(chunks), expected)),
      { numRuns: 200 },
    );
  });
}

test('what is no HTTP is refused, and so is a head without an end', () => {
  assert.equal(read([Buffer.from('SSH-2.0-OpenSSH\r\n\r\n')]).ok, false);
  assert.equal(read([Buffer.from('x'.repeat(70_000))]).ok, false);
  assert.equal(read([Buffer.from(`${head('Transfer-Encoding: chunked')}zz\r\n`)]).ok, false);
});
