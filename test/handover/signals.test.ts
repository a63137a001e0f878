import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  ['celery', QUIT, '15'],
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
