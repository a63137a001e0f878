/** A real FastCGI server behind nginx through `[fcgi-program:x]`: Debian's php-fpm, four of it, reloaded under load. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask, startLoad, summarise } from '../support/load.ts';
import { needs } from '../support/needs.ts';
import { fpmConfig, nginxBeforeFpm, phpFpm } from '../support/php-fpm.ts';
import { type Rig, rigFor } from '../support/rig.ts';

const count = 4;

/** php-fpm puts /dev/null in the place of its descriptor 0, so the socket is moved out of the way and named as inherited. */
async function site(t: TestContext): Promise<{ rig: Rig; port: number }> {
  const [port, fcgiPort] = [await freePort(), await freePort()];
  const rig = await rigFor(t, {
    files: {
      'app.php': "<?php usleep(3000); echo 'served';\n",
      'fpm.conf': fpmConfig(fcgiPort),
      'nginx.conf': nginxBeforeFpm(port, fcgiPort),
      'fpm.sh': 'exec 3<&0 </dev/null\nexec "$@"\n',
    },
    programs: `
[program:nginx]
command=/usr/sbin/nginx -p DIR/ -c DIR/nginx.conf -e stderr
stopsignal=QUIT
redirect_stderr=true
stdout_logfile=DIR/nginx.log
[fcgi-program:app]
socket=tcp://127.0.0.1:${fcgiPort}
command=/bin/sh DIR/fpm.sh ${phpFpm()} -F -y DIR/fpm.conf
environment=FPM_SOCKETS="127.0.0.1:${fcgiPort}=3"
numprocs=${count}
process_name=%(program_name)s_%(process_num)d
stopsignal=QUIT
reload_strategy=rolling
redirect_stderr=true
stdout_logfile=DIR/app.log
`,
  });
  await rig.until(async () => (await ask({ host: '127.0.0.1', port })).body === 'served', 'php answers through nginx');
  return { rig, port };
}

test('four php-fpm that share one socket behind nginx are reloaded one after the other and no request fails', async (t) => {
  const wanted = [
    { command: phpFpm(), apt: 'php-fpm' },
    { command: 'nginx', apt: 'nginx-light' },
  ];
  if (!needs(t, ...wanted)) return;
  const { rig, port } = await site(t);
  const names = Array.from({ length: count }, (_, i) => `app:app_${i}`);
  const pids = async () => Promise.all(names.map(async (name) => (await rig.ctl('pid', name)).stdout.trim()));
  const before = await pids();
  const load = startLoad({ target: { host: '127.0.0.1', port }, perSecond: 100 });
  const { status, stdout } = await rig.ctl('reload', 'app:*');
  const { requests, failed } = summarise(await load.stop());
  assert.equal(status, 0, stdout);
  assert.equal(new Set([...before, ...(await pids())]).size, 2 * count, 'every process is a new one');
  assert.ok(requests > 200, String(requests));
  assert.equal(failed, 0);
});
