import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandFor, hasOption, namesSocket, optionValue, withoutOptions } from '../../src/handover/command-line.ts';
import { recognise } from '../../src/handover/profiles/recognise.ts';

const split = (command: string) => command.split(' ');

test('an option is found in every spelling, and the last one counts', () => {
  const names = ['--workers', '-w'];
  assert.equal(optionValue(split('gunicorn -w 3 app'), names), '3');
  assert.equal(optionValue(split('gunicorn -w3 app'), names), '3');
  assert.equal(optionValue(split('gunicorn --workers=3 -w 4 app'), names), '4');
  assert.equal(optionValue(split('gunicorn --workers 3'), names), '3');
  assert.equal(optionValue(split('gunicorn --workers-max 3'), names), null);
  assert.equal(optionValue(split('gunicorn app'), names), null);
  assert.equal(optionValue(split('gunicorn -w'), names), null);
  assert.ok(hasOption(split('gunicorn --daemon'), ['--daemon', '-D']));
  assert.ok(!hasOption(split('gunicorn --daemonise'), ['--daemon', '-D']));
});

test('options are taken away with their values', () => {
  const names = ['--bind', '-b'];
  assert.deepEqual(withoutOptions(split('h -b :80 --bind=:81 -b:82 --bind :83 app'), names), ['h', 'app']);
  assert.deepEqual(withoutOptions(split('h --binder x app'), names), ['h', '--binder', 'x', 'app']);
});

const told: ReadonlyArray<readonly [command: string, fds: readonly number[], becomes: string]> = [
  ['uvicorn --host 0.0.0.0 --port 80 app:app', [3], 'uvicorn app:app --fd 3'],
  ['uvicorn --uds /run/s app:app', [3], 'uvicorn app:app --fd 3'],
  ['uvicorn --port 80 app:app', [], 'uvicorn --port 80 app:app'],
  ['uvicorn --fd %(socket_fd)s app:app', [3], 'uvicorn --fd 3 app:app'],
  ['hypercorn -b :80 -b :81 app:app', [3, 4], 'hypercorn app:app --bind fd://3 --bind fd://4'],
  ['daphne -p 80 -b 0.0.0.0 app:app', [3], 'daphne app:app --fd 3'],
  ['gunicorn -b :80 app:app', [3], 'gunicorn -b :80 app:app'],
  ['haproxy -f fd@%(socket_fd)s.cfg -p /run/h.%(generation)s', [3], 'haproxy -f fd@3.cfg -p /run/h.7'],
  ['web --name=%(generation)s', [], 'web --name=7'],
];

for (const [command, fds, becomes] of told) {
  test(`${command} with the descriptors [${fds}] becomes ${becomes}`, () => {
    const words = split(command);
    assert.equal(commandFor(words, recognise(words), fds, 7).join(' '), becomes);
  });
}

test('a command line that names the descriptor itself is seen', () => {
  assert.ok(namesSocket(['haproxy', '-f', 'fd@%(socket_fd)s']));
  assert.ok(!namesSocket(['haproxy', '%(generation)s']));
});
