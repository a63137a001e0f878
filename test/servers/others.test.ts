/** Servers that are not gunicorn, unmodified, each reloaded twice under load; the sockets are told in its own dialect. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask, failures, startLoad } from '../support/load.ts';
import { type Need, needs } from '../support/needs.ts';
import { rigFor } from '../support/rig.ts';

const asgi = `async def app(scope, receive, send):
    while scope['type'] == 'lifespan':
        m = await receive()
        await send({'type': m['type'] + '.complete'})
        if m['type'] == 'lifespan.shutdown': return
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'v1'})
`;
const files = (port: number) => ({
  'asgi.py': asgi,
  'config.ru': "run lambda { |e| [200, {'Content-Type'=>'text/plain'}, ['v1']] }\n",
  'nginx.conf': `events{}\nhttp { access_log off; server { listen 127.0.0.1:${port}; return 200 "v1"; } }\n`,
});

const servers: ReadonlyArray<readonly [Need, (port: number) => string]> = [
  [{ command: 'uvicorn', apt: 'uvicorn' }, (port) => `uvicorn --host 127.0.0.1 --port ${port} asgi:app`],
  [{ command: 'hypercorn', apt: 'python3-hypercorn' }, (port) => `hypercorn -b 127.0.0.1:${port} asgi:app`],
  [{ command: 'puma', apt: 'puma' }, (port) => `puma -b tcp://127.0.0.1:${port} config.ru`],
  [{ command: 'unicorn', apt: 'unicorn' }, (port) => `unicorn -l 127.0.0.1:${port} config.ru`],
  [
    { command: 'nginx', apt: 'nginx-light' },
    () => '/usr/sbin/nginx -p DIR -c DIR/nginx.conf -g "daemon off; pid DIR/nginx.pid; error_log stderr;"',
  ],
];

for (const [need, command] of servers) {
  test(`${need.command} is reloaded twice and no request fails`, async (t) => {
    if (!needs(t, need)) return;
    const port = await freePort();
    const programs = `[program:web]\ncommand=${command(port)}\ndirectory=DIR\nreload_strategy=rolling\n`;
    const rig = await rigFor(t, { programs, files: files(port) });
    const target = { host: '127.0.0.1', port };
    await rig.until(async () => (await ask(target)).error === null, 'it answers');
    const load = startLoad({ target, perSecond: 50 });
    t.after(() => load.stop());
    for (const _ of [1, 2]) {
      const { status, stdout } = await rig.ctl('reload', 'web');
      assert.equal(status, 0, stdout);
      assert.match(stdout, /reloaded in [\d.]+ s, 0 dropped, longest queue \d+/);
    }
    const failed = failures(await load.stop());
    const cut = need.command === 'uvicorn' ? failed.filter(isCut) : [];
    assert.ok(cut.length <= 1, cut.join());
    assert.deepEqual(
      failed.filter((failure) => !cut.includes(failure)),
      [],
    );
  });
}

/** uvicorn, told to stop, closes each connection whose request it has not read yet (its protocols' `shutdown`): one that came in that millisecond. */
function isCut(failure: string): boolean {
  return /^(ECONNRESET|socket hang up)/.test(failure);
}
