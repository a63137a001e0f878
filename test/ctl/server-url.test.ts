import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostHeader, serverTarget } from '../../src/ctl/server-url.ts';

const message = (url: string): string => {
  const target = serverTarget(url);
  return 'kind' in target && target.kind === 'other' ? `${target.type}: ${target.message}` : JSON.stringify(target);
};

test('a URL leads to a socket or to a host, whose port is 80 unless it is given', () => {
  assert.deepEqual(serverTarget('unix:///run/x y.sock'), { path: '/run/x y.sock' });
  assert.deepEqual(serverTarget('http://localhost:9001'), { host: 'localhost', port: 9001 });
  assert.deepEqual(serverTarget('http://Host/ignored?x#y'), { host: 'host', port: 80 });
  assert.deepEqual(serverTarget('http://user:pw@10.0.0.1:1/'), { host: '10.0.0.1', port: 1 });
  assert.deepEqual(serverTarget('http://[::1]:81'), { host: '::1', port: 81 });
  assert.deepEqual(serverTarget('http://h:'), { host: 'h', port: 80 });
});

test('a URL that leads nowhere is refused in words of Python', () => {
  assert.equal(message('https://h'), 'ValueError: Unknown protocol for serverurl https://h');
  assert.equal(message('HTTP://h'), 'ValueError: Unknown protocol for serverurl HTTP://h');
  assert.equal(message('http:///x'), 'ValueError: Unknown protocol for serverurl http:///x');
  assert.equal(message('http://h:99999'), 'ValueError: Port out of range 0-65535');
  assert.equal(message('http://h:abc'), "ValueError: Port could not be cast to integer value as 'abc'");
});

test('a socket path that the kernel cannot take is refused, not cut', () => {
  assert.equal(message(`unix://${'x'.repeat(108)}`), 'OSError: AF_UNIX path too long');
  assert.equal(message(`unix://${'é'.repeat(54)}`), 'OSError: AF_UNIX path too long');
  assert.deepEqual(serverTarget(`unix://${'x'.repeat(107)}`), { path: 'x'.repeat(107) });
});

test('the host header names what was asked for', () => {
  assert.equal(hostHeader('unix:///x'), 'localhost');
  assert.equal(hostHeader('http://u@H:9001/x'), 'h:9001');
  assert.equal(hostHeader('http://[::1]:81'), '[::1]:81');
});
