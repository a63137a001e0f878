/** Real servers that make their own successor on USR2, under load: hupd follows them, twice in a row, and a broken version costs nothing. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask, failures, startLoad } from '../support/load.ts';
import { type Need, needs } from '../support/needs.ts';
import { childrenOf, rigFor } from '../support/rig.ts';

interface Server {
  readonly need: Need;
  command(port: number): string;
  /** What its next start reads, by version. null: one that does not come up. */
  files(port: number, version: string | null): Readonly<Record<string, string>>;
  readonly failsBy: RegExp;
}

const servers: readonly Server[] = [
  {
    need: { command: 'gunicorn', apt: 'gunicorn' },
    command: (port) => `/usr/bin/gunicorn -w 2 -b 127.0.0.1:${port} -p DIR/web.pid app:app`,
    files: (_, version) => ({
      'app.py':
        version === null
          ? 'import nothing_of_that_name\n'
          : `def app(environ, start):\n  start('200 OK', [])\n  return [b'${version}']\n`,
    }),
    failsBy: /the successor ended before it was ready.*|Worker failed to boot/,
  },
  {
    need: { command: 'unicorn', apt: 'unicorn' },
    command: (port) => `unicorn -l 127.0.0.1:${port} config.ru`,
    files: (_, version) => ({
      'config.ru': version === null ? 'raise "broken"\n' : `run lambda { |e| [200, {}, ['${version}']] }\n`,
    }),
    // Its main process lives, and starts worker after worker.
    failsBy: /not ready within [\d.]+ s \(it does not wait for connections yet\)/,
  },
  {
    need: { command: 'nginx', apt: 'nginx-light' },
    command: () => '/usr/sbin/nginx -p DIR -c DIR/nginx.conf -g "pid DIR/web.pid; error_log stderr;"',
    files: (port, version) => ({
      'nginx.conf':
        version === null
          ? 'nonsense;\n'
          : `events{}\nhttp { access_log off; server { listen 127.0.0.1:${port}; return 200 "${version}"; } }\n`,
    }),
    failsBy: /the successor that pid \d+ has made ended at once\n[\s\S]*unknown directive "nonsense"/,
  },
];

for (const { need, command, files, failsBy } of servers) {
  test(`${need.command} is reloaded by USR2 twice and no request fails, nor by a version that does not come up`, async (t) => {
    if (!needs(t, need)) return;
    const port = await freePort();
    const rig = await rigFor(t, {
      programs: `[program:web]
command=${command(port)}
directory=DIR
reload_strategy=rolling
reload_handover=signal
reload_signal=USR2
reload_timeout=8
stdout_logfile=DIR/web.log
redirect_stderr=true
`,
      files: files(port, 'v1'),
    });
    const ship = (version: string | null) => {
      for (const [name, text] of Object.entries(files(port, version))) writeFileSync(join(rig.dir, name), text);
    };
    const target = { host: '127.0.0.1', port };
    await rig.until(async () => (await ask(target)).error === null, 'it answers');
    await rig.logged(/success: web/);
    const load = startLoad({ target, perSecond: 50 });
    t.after(() => load.stop());
    const pids = new Set<string>();
    for (const version of ['v2', 'v3']) {
      ship(version);
      const { status, stdout } = await rig.ctl('reload', 'web');
      assert.equal(status, 0, `${stdout}${rig.read('web.log')}`);
      assert.equal((await ask(target)).body, version);
      pids.add((await rig.ctl('pid', 'web')).stdout);
    }
    assert.equal(pids.size, 2);
    ship(null);
    const { status, stdout } = await rig.ctl('reload', 'web');
    assert.equal(status, 1, stdout);
    assert.match(stdout, failsBy);
    assert.equal((await ask(target)).body, 'v3');
    assert.deepEqual(failures(await load.stop()), []);
    assert.equal((await rig.ctl('stop', 'web')).stdout, 'web: stopped\n');
    await rig.until(() => childrenOf(rig.pid).length === 0, 'nothing of it is left');
  });
}
