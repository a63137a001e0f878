/** The feed against real servers over a fake daemon: hupd's, and one that knows no more than a supervisord. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from '../../src/ctl/client.ts';
import { Feed } from '../../src/tui/feed.ts';
import type { News } from '../../src/tui/update.ts';
import { FakeServer, processInfo } from '../ctl/fake-server.ts';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { serveFake } from '../support/serve-fake.ts';
import { until } from '../support/until.ts';

function following(t: TestContext, client: Client) {
  const over = new AbortController();
  const news: News[] = [];
  const running = new Feed(client, over.signal, (it) => news.push(it)).run();
  const has = <N extends News['news']>(what: N, holds: (it: Extract<News, { news: N }>) => boolean = () => true) =>
    until(
      `${what} among the news`,
      () =>
        news.find(
          (it): it is Extract<News, { news: N }> => it.news === what && holds(it as Extract<News, { news: N }>),
        ) ?? null,
      () => JSON.stringify(news, null, 1),
    );
  const end = async () => {
    over.abort();
    await running;
  };
  t.after(end);
  return { news, has, end };
}

test('of hupd all is told at first, then what changes, what is used, and each reload to its end', async (t) => {
  const daemon = new FakeSupervision([
    { group: 'web', name: 'web', state: 'RUNNING', pid: 7, startedAt: 5000, generation: 1 },
    { group: 'job', name: 'job' },
  ]);
  daemon.usageRows = [
    { group: 'web', name: 'web', pid: 7, cpuSecs: 1.5, rssBytes: 4096, processes: 1, generations: [] },
  ];
  const { socket } = await serveFake(t, daemon);
  const feed = following(t, new Client({ serverUrl: `unix://${socket}`, username: null, password: null }));
  const first = await feed.has('processes');
  assert.deepEqual(
    [first.complete, first.processes.toReversed().map(({ name, startedAt }) => [name, startedAt])],
    [
      true,
      [
        ['job', 0],
        ['web', 5000],
      ],
    ],
  );
  assert.equal((await feed.has('usage')).rows[0]?.cpuSecs, 1.5);
  assert.equal((await feed.has('server')).canReload, true);

  daemon.reload('web', [{ group: 'web', name: 'web' }]);
  daemon.set('web', 'web', { reloadId: 1 });
  const begun = await feed.has('reload');
  assert.deepEqual([begun.reload.target, begun.reload.done], ['web', false]);
  daemon.tell(1, { fact: { fact: 'ready', at: 2500, group: 'web', name: 'web', pid: 8, afterSecs: 3 } });
  assert.equal((await feed.has('reload', ({ reload }) => reload.facts.length === 1)).reload.facts[0]?.at, 2500);
  daemon.tell(1, { outcome: { ok: true, reason: '', endedAt: 9000 } });
  assert.equal((await feed.has('reload', ({ reload }) => reload.done)).reload.endedAt, 9000);
  await feed.end();
});

test('of a supervisord the processes are told, and nothing else is asked for', async (t) => {
  const server = new FakeServer({
    'supervisor.getAllProcessInfo': () => [processInfo('web', 'RUNNING', { start: 5 })],
    'supervisor.getSupervisorVersion': () => '4.2.5',
  });
  const feed = following(t, server);
  const { complete, processes } = await feed.has('processes');
  assert.deepEqual([complete, processes[0]?.extras, processes[0]?.startedAt], [true, null, 5000]);
  assert.deepEqual(await feed.has('server'), { news: 'server', name: 'supervisord 4.2.5', canReload: false });
  await feed.end();
  assert.deepEqual(
    new Set(server.calls),
    new Set(['hupd.waitChange(0, 0)', 'getSupervisorVersion()', 'getAllProcessInfo()']),
  );
});

test('a server that goes away is told of, and tried again until it is back', async (t) => {
  const daemon = new FakeSupervision([{ group: 'web', name: 'web' }]);
  const served = await serveFake(t, daemon);
  const feed = following(t, new Client({ serverUrl: `unix://${served.socket}`, username: null, password: null }));
  await feed.has('processes');
  await served.close();
  const lost = await feed.has('link', ({ link }) => link.kind === 'lost');
  assert.match(lost.link.kind === 'lost' ? lost.link.text : '', /server|connection/i);
  await feed.end();
});
