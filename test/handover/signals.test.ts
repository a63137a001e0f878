import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseCall } from '../../src/handover/describe.ts';
import { recognise } from '../../src/handover/profiles/recognise.ts';
import { leavingOf } from '../../src/handover/signals.ts';

const TERM = 15;
const QUIT = 3;

/** How a predecessor is told to leave: `-` is the program's own stop signal. */
const leaving: ReadonlyArray<readonly [command: string, stopSignal: number, expected: string]> = [
  ['gunicorn app', TERM, '-'],
  ['gunicorn app', QUIT, '15'],
  ['nginx', TERM, '3'],
  ['nginx', QUIT, '-'],
  ['unicorn', TERM, '3'],
  ['haproxy -W', TERM, '10'],
  ['php-fpm', TERM, '3'],
  ['starman', TERM, '3'],
  ['puma', TERM, '-'],
  ['celery worker', QUIT, '15'],
  ['uwsgi', TERM, '2 pause 20'],
  ['uwsgi', 2, '- pause 20'],
  ['uwsgi --die-on-term', TERM, '- pause 20'],
  ['uwsgi --hook-master-start x', TERM, '-'],
  ['node server.js', TERM, '-'],
  ['my-own', TERM, '- by itself'],
];

for (const [command, stopSignal, expected] of leaving) {
  test(`a predecessor ${command} with stopsignal ${stopSignal} is told to leave by: ${expected}`, () => {
    const words = command.split(' ');
    const { signal, pause, byItself } = leavingOf(recognise(words), words, stopSignal);
    const told = [signal ?? '-', ...(pause === null ? [] : ['pause', pause])].join(' ');
    assert.equal(recognise(words) === null && byItself ? `${told} by itself` : told, expected);
  });
}

test("a program of one's own may make its successor on any signal; of a known server it is known which does", () => {
  const SIGUSR2 = 12;
  const refused = (...words: string[]) => refuseCall(recognise(words), words, SIGUSR2, false);
  assert.equal(refused('node', 'server.mjs'), null);
  assert.equal(refused('/usr/bin/mine'), null);
  assert.equal(refused('unicorn'), null);
  assert.match(refused('puma') ?? '', /^SIGUSR2 of puma .*use reload_handover=sockets$/);
});
