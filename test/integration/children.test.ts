/** What a program sees and what becomes of it, with a real hupd around it. */
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask } from '../support/load.ts';
import { needs } from '../support/needs.ts';
import { childrenOf, openFds, rigFor, zombiesOf } from '../support/rig.ts';

test('a child reopens /dev/stdout, as root and as another user', async (t) => {
  const rig = await rigFor(t, {
    programs: `[program:own]
command=/bin/sh -c "echo from-own > /dev/stdout; exec sleep 1000"
stdout_logfile=DIR/own.log
${process.geteuid?.() === 0 ? '[program:other]\ncommand=/bin/sh -c "echo from-other > /dev/stdout; exec sleep 1000"\nuser=www-data\nstdout_logfile=DIR/other.log' : ''}`,
  });
  await rig.until(() => rig.read('own.log') === 'from-own\n', 'own.log has the line');
  if (process.geteuid?.() === 0) {
    await rig.until(() => rig.read('other.log') === 'from-other\n', 'other.log has the line');
  }
});

test('nginx writes its access log to /dev/stdout', async (t) => {
  if (!needs(t, { command: 'nginx', apt: 'nginx-light' })) return;
  const port = await freePort();
  const rig = await rigFor(t, {
    programs: `[program:nginx]
command=nginx -p DIR -c DIR/nginx.conf
stdout_logfile=DIR/access.log
stderr_logfile=DIR/error.log`,
    files: {
      'nginx.conf': `daemon off;
worker_processes 1;
error_log stderr;
pid nginx.pid;
events {}
http {
  access_log /dev/stdout;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server { listen 127.0.0.1:${port}; location / { return 200 "hello"; } }
}
`,
    },
  });
  await rig.until(async () => (await ask({ host: '127.0.0.1', port })).body === 'hello', 'nginx answers');
  await rig.until(() => /"GET \/ HTTP/.test(rig.read('access.log')), 'the access log has the request');
});

test('a program that crashes 200 times in a row leaves no zombie, no descriptor and no pipe', async (t) => {
  const rig = await rigFor(t, {
    programs: `[program:calm]
command=/bin/sleep 1000
[program:crash]
command=/bin/sh -c "echo x >> DIR/starts; exit 1"
startsecs=0
autostart=false
autorestart=true`,
  });
  await rig.logged(/success: calm entered RUNNING/);
  const before = openFds(rig.pid);
  await rig.ctl('start', 'crash');
  await rig.until(() => rig.read('starts').length >= 400, '200 starts');
  await rig.ctl('stop', 'crash');
  await rig.until(() => childrenOf(rig.pid).length === 1, 'only the calm one is left');
  assert.deepEqual(zombiesOf(rig.pid), []);
  await rig.until(() => openFds(rig.pid) <= before, 'no more descriptors than before');
});

test('200 programs are started at once and all run; after the shutdown nothing is left', async (t) => {
  const rig = await rigFor(t, {
    programs: `[program:many]
command=/bin/sleep 1000
process_name=%(process_num)03d
numprocs=200`,
    daemon: 'minfds=4096',
  });
  await rig.until(async () => (await rig.ctl('status')).stdout.match(/RUNNING/g)?.length === 200, '200 are RUNNING');
  const [pipe = ''] = readdirSync(`/proc/${rig.pid}/fd`)
    .map((fd) => linkOf(`/proc/${rig.pid}/fd/${fd}`))
    .filter((path) => path.includes('/hupd-') && path.includes('many'));
  assert.equal(readdirSync(dirname(pipe)).length, 3 * 200 + 1, "two outputs and an input each, and the daemon's state");
  const { status, stdout } = await rig.ctl('stop', 'all');
  assert.equal(status, 0);
  assert.equal(stdout.match(/: stopped/g)?.length, 200);
  assert.deepEqual(childrenOf(rig.pid), []);
  assert.deepEqual(readdirSync(dirname(pipe)), ['state']);
});

/** '' for a descriptor that has been closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
