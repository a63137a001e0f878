import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitCommand } from '../../src/core/shell-words.ts';
import { profiles, recognise, shellScript } from '../../src/handover/profiles/recognise.ts';

function words(command: string): readonly string[] {
  const split = splitCommand(command);
  assert.ok(!('error' in split));
  return split;
}

const commands: ReadonlyArray<readonly [command: string, server: string | null]> = [
  ['/usr/bin/gunicorn -w 2 app:app', 'gunicorn'],
  ['gunicorn3 app:app', 'gunicorn'],
  ['/srv/venv/bin/python3.11 /srv/venv/bin/gunicorn app:app', 'gunicorn'],
  ['python3 -m gunicorn app:app', 'gunicorn'],
  ['python -u -m uvicorn app:app', 'uvicorn'],
  ['env PYTHONUNBUFFERED=1 hypercorn app:app', 'hypercorn'],
  ['poetry run granian app:app', 'granian'],
  ['uv run daphne app:app', 'daphne'],
  ['bundle exec puma -C config/puma.rb', 'puma'],
  ['bundle exec unicorn_rails -c config/unicorn.rb', 'unicorn'],
  ['bundle exec sidekiq', 'sidekiq'],
  ['/usr/sbin/nginx -g "daemon off;"', 'nginx'],
  ['nice -n 5 nginx', 'nginx'],
  ['/usr/sbin/php-fpm8.2 -F', 'php-fpm'],
  ['php-fpm -F', 'php-fpm'],
  ['haproxy -W -f /etc/haproxy/haproxy.cfg', 'haproxy'],
  ['uwsgi --ini uwsgi.ini', 'uwsgi'],
  ['uwsgi_python3 --ini uwsgi.ini', 'uwsgi'],
  ['perl /usr/bin/starman app.psgi', 'starman'],
  ['start_server --port 80 -- starman app.psgi', 'start_server'],
  ['python3 -m celery -A app worker', 'celery'],
  ['celery -A app beat', 'celery beat'],
  ['celery -A app flower', null],
  ['apache2 -DFOREGROUND', 'apache2'],
  ['/usr/bin/node server.js', 'node'],
  ['node --max-old-space-size=200 server.js --port 80', 'node'],
  ['sh -c "cd /srv && . venv/bin/activate && exec gunicorn app:app"', 'gunicorn'],
  ["bash -lc 'source env; uvicorn app:app'", 'uvicorn'],
  ['sh -c "node server.js"', null],
  ['/bin/cat', null],
  ['python3 app.py gunicorn', null],
  ['mygunicorn app:app', null],
  ['sh run.sh', null],
];

for (const [command, server] of commands) {
  test(`${command} starts ${server ?? 'nothing that is known'}`, () => {
    assert.equal(recognise(words(command))?.name ?? null, server);
  });
}

test('the script of a shell is what follows -c', () => {
  assert.equal(shellScript(words("bash -lc 'a b'")), 'a b');
  assert.equal(shellScript(words('gunicorn -c conf.py')), null);
  assert.equal(shellScript(words('sh run.sh')), null);
  assert.equal(shellScript(words('sh -c')), null);
});

test('every profile is recognised by its own name, says how it stops, and has no two facts of one signal that both always hold', () => {
  for (const profile of profiles) {
    const command = profile.word === null ? [profile.name] : ['celery', profile.word];
    assert.equal(recognise(command), profile);
    assert.ok(
      profile.signals.some(({ does }) => does === 'graceful' || does === 'quick'),
      profile.name,
    );
    const always = profile.signals.filter((fact) => fact.with === undefined && fact.without === undefined);
    assert.equal(new Set(always.map(({ signal }) => signal)).size, always.length, profile.name);
    const probed = profile.takes.some((dialect) => ['listen-fds', 'unicorn', 'server-starter'].includes(dialect));
    if (profile.servesProbe) assert.ok(probed, `${profile.name} has to be told of the probe`);
  }
});
