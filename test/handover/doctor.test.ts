import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/handover/doctor.ts';
import { examine } from '../../src/handover/examine.ts';
import { buildSpec, type SpecOverrides } from '../support/spec-builder.ts';

const hup: SpecOverrides = { reload: { strategy: 'hup' } };
const rolling: SpecOverrides = { reload: { strategy: 'rolling' }, stopWaitSecs: 60 };
const unix: SpecOverrides = { ...rolling, reload: { strategy: 'rolling', sockets: [{ kind: 'unix', path: '/s' }] } };

const cases: ReadonlyArray<readonly [command: string, spec: SpecOverrides, found: readonly RegExp[]]> = [
  ['gunicorn app', rolling, []],
  ['gunicorn app', { ...rolling, stopWaitSecs: 10 }, [/note .* 30 s .* stopwaitsecs=10/]],
  ['gunicorn --preload app', { ...hup, stopWaitSecs: 60 }, [/problem SIGHUP of gunicorn: .*old code/]],
  ['gunicorn -D app', rolling, [/problem .*foreground \(-D\)/]],
  ['gunicorn -b fd://3 app', unix, [/warning .*fd:\/\//]],
  ['uwsgi --ini x', rolling, [/problem SIGTERM of uwsgi: .*does not stop/]],
  ['uwsgi --die-on-term', rolling, []],
  ['puma', hup, [/problem SIGHUP of puma: stops it/]],
  ['uvicorn app:app', hup, [/problem SIGHUP of uvicorn: ends/]],
  ['nginx -g "daemon off;"', rolling, [/note SIGTERM stops nginx at once/]],
  ['nginx', { ...rolling, stopSignal: 3 }, [/warning .*foreground/]],
  ['uvicorn --fd %(socket_fd)s app:app', rolling, [/problem .*no socket is held/]],
  ['sh -c "cd /srv; ./server"', rolling, [/warning a shell stands between/]],
  ['sh -c "cd /srv; exec ./server"', rolling, []],
  ['/usr/local/bin/own', rolling, []],
  ['own', { reload: { strategy: 'hup', handover: 'signal' } }, [/warning .*watches the process that it signals/]],
  ['own', { reload: { strategy: 'rolling', handover: 'signal' } }, []],
  ['own', { reload: { strategy: 'rolling', handover: 'signal', order: 'stop_first' } }, [/reload_signal is not sent/]],
  ['own', { reload: { strategy: 'rolling', timeoutSecs: 0 } }, [/reload_timeout=0/]],
  ['own', { reload: { strategy: 'restart', timeoutSecs: 0 } }, []],
  ['own', { reload: { readyTimeoutSecs: 0, readyCheck: { kind: 'notify' } } }, [/within 0 s/]],
  [
    'own',
    { reload: { sockets: [{ kind: 'unix', path: '/s' }], readyCheck: { kind: 'fd', fd: 3 } } },
    [/descriptor of its ready_check/],
  ],
  ['own', { reload: { sockets: [{ kind: 'unix', path: '/s' }], readyCheck: { kind: 'fd', fd: 4 } } }, []],
  ['celery -A app worker', rolling, []],
  ['celery -A app worker -B', rolling, [/problem while two of celery are at work, each job is sent twice/]],
  ['celery -A app beat', rolling, [/problem while two of celery beat are at work, each job is sent twice/]],
  ['celery -A app beat', { reload: { strategy: 'rolling', order: 'stop_first' }, stopWaitSecs: 60 }, []],
  ['celery -A app beat', {}, []],
  ['daphne app:app', rolling, [/note daphne has no graceful stop/]],
  ['daphne app:app', {}, []],
];

for (const [command, spec, found] of cases) {
  test(`of ${command} with ${JSON.stringify(spec)} the doctor finds ${found.length}`, () => {
    const texts = diagnose(buildSpec({ ...spec, command }), () => '').map(({ level, text }) => `${level} ${text}`);
    assert.equal(texts.length, found.length, texts.join('\n'));
    for (const [index, pattern] of found.entries()) assert.match(texts[index] ?? '', pattern);
  });
}

test('a start that comes near to what gunicorn kills a worker for is told, when one was seen', () => {
  const texts = (command: string, bootSecs: number) =>
    diagnose(buildSpec({ ...rolling, command }), () => '', bootSecs).map(({ text, todo }) => `${text}; ${todo}`);
  assert.deepEqual(texts('gunicorn app', 20), [
    'it took 20 s to start, and gunicorn kills a worker that takes longer than --timeout (30 s); use --timeout 60',
  ]);
  assert.deepEqual(texts('gunicorn app', 4), []);
  assert.deepEqual(texts('gunicorn -t 120 app', 20), []);
  assert.deepEqual(texts('gunicorn --timeout 0 app', 20), []);
});

test('the server configuration is looked into', () => {
  const php = buildSpec({ command: 'php-fpm -F', stopSignal: 3 });
  assert.match(diagnose(php, () => '[global]')[0]?.text ?? '', /process_control_timeout/);
  assert.deepEqual(
    diagnose(php, () => 'process_control_timeout = 10s'),
    [],
  );
});

test('a socket that two programs want is told of the second one, and of no program of several processes', () => {
  const wants = (program: string, name: string, port: number) =>
    buildSpec({ program, group: program, name, reload: { sockets: [{ kind: 'tcp', host: '127.0.0.1', port }] } });
  const found = examine(
    [wants('a', 'a_0', 80), wants('a', 'a_1', 80), wants('b', 'b', 80), wants('c', 'c', 81)],
    () => 0,
  );
  assert.deepEqual(
    found.map(({ spec, text }) => `${spec.program}: ${text}`),
    ['b: its socket 127.0.0.1:80 is that of a as well: they can not both have it'],
  );
});
