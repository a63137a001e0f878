/** Ready checks in a rolling reload: what the predecessor answers must not count for its successor. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask, startLoad, summarise } from '../support/load.ts';
import { type Rig, rigFor } from '../support/rig.ts';

/** Serves on inherited sockets or on PORT; the release that the file `bad` marks answers /health with 503 and says nothing of being ready. */
const server = `
import { existsSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
const bad = existsSync('bad');
const { LISTEN_FDS, PORT, READY_FD } = process.env;
const wheres = LISTEN_FDS === undefined
  ? [{ host: '127.0.0.1', port: Number(PORT) }]
  : Array.from({ length: Number(LISTEN_FDS) }, (_, index) => ({ fd: 3 + index }));
const answer = (request, response) => {
  response.statusCode = bad && request.url === '/health' ? 503 : 200;
  response.setHeader('Connection', 'close');
  response.end();
};
const late = bad && !existsSync('listens');
const servers = late ? [] : wheres.map((where) => createServer(answer).listen(where));
const alive = setInterval(() => {}, 1000);
console.log(bad ? 'cannot reach the database' : 'ready to serve');
if (READY_FD !== undefined && !bad) writeSync(Number(READY_FD), '\\n');
process.once('SIGTERM', () => {
  clearInterval(alive);
  for (const server of servers) server.close();
});
`;

async function begin(t: TestContext, check: string): Promise<{ rig: Rig; port: number; pid: number }> {
  const port = await freePort();
  const readyFd = check.startsWith('fd:') ? `,READY_FD="${check.slice(3)}"` : '';
  const rig = await rigFor(t, {
    programs: `[program:web]
command=${process.execPath} DIR/server.mjs
directory=DIR
environment=PORT="${port}"${readyFd}
startsecs=0
redirect_stderr=true
reload_strategy=rolling
reload_timeout=2
reload_overlap=0.1
ready_check=${check.replaceAll('@PORT', `${port}`)}`,
    files: { 'server.mjs': server },
  });
  await rig.logged(/success: web/);
  return { rig, port, pid: await pidOf(rig) };
}

const pidOf = async (rig: Rig) => Number((await rig.ctl('pid', 'web')).stdout);

/** Each check: how the progress names it, and its last answer for a release that is not well. `listens`: that release serves all the same. */
const checks: ReadonlyArray<readonly [check: string, described: RegExp, answer: RegExp, listens: boolean]> = [
  ['accept', /\(accept, /, /it has not accepted a connection yet/, false],
  ['http:/health', /\(http:\/health, /, /GET \/health answered 503/, true],
  ['http://127.0.0.1:@PORT/health', /\(http:\/health, /, /GET \/health answered 503/, true],
  ['tcp://localhost:@PORT', /\(accept, /, /it has not accepted a connection yet/, false],
  ['exec:sh -c "test -d /proc/$MAINPID; test ! -e bad"', /\(exec:sh -c /, /exit status 1/, true],
  ['log:^ready to serve$', /\(log:\^ready to serve\$, /, /no line of its output has matched yet/, true],
  ['fd:20', /\(fd:20, /, /no newline on descriptor 20 yet/, true],
];

for (const [check, described, answer, listens] of checks) {
  test(`ready_check=${check}: a successor that passes takes over, one that does not is given up`, async (t) => {
    const { rig, port, pid } = await begin(t, check);
    const target = { host: '127.0.0.1', port };
    await rig.until(async () => (await ask(target)).error === null, 'the server answers');
    const load = startLoad({ target, perSecond: 20 });
    const good = await rig.ctl('reload', 'web');
    assert.equal(good.status, 0, good.stdout);
    assert.match(good.stdout, described);
    const successor = await pidOf(rig);
    assert.notEqual(successor, pid);

    if (listens) writeFileSync(join(rig.dir, 'listens'), '');
    writeFileSync(join(rig.dir, 'bad'), '');
    const { status, stdout } = await rig.ctl('reload', 'web');
    assert.equal(status, 1, stdout);
    const [, why = ''] = /reload failed: not ready within 2 s \((.*)\)\n/.exec(stdout) ?? [];
    assert.match(why, answer, stdout);
    assert.match(stdout, /cannot reach the database/);
    assert.equal(await pidOf(rig), successor);
    assert.equal(summarise(await load.stop()).failed, 0);
    assert.doesNotMatch(rig.log, /unknown pid/);
  });
}
