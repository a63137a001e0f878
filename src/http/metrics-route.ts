/** `/metrics`: gathered when it is asked for; nothing is measured in between. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFiles } from '../core/log-window.ts';
import type { RpcContext } from '../rpc/method.ts';
import { allProcesses } from '../rpc/targets.ts';
import type { ProcessView } from '../runtime/supervision.ts';
import { version } from '../version.ts';
import { metricsText } from './metrics-text.ts';
import { respond, respondAndClose } from './respond.ts';

/** The timer whose delay is told. */
const sampleMs = 10;

export async function metricsRoute(
  { daemon, logs }: RpcContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return respondAndClose(request, response, 400);
  const { rows } = await daemon.usage();
  const usages = new Map(rows.map((row) => [`${row.group}:${row.name}`, row]));
  const processes = [];
  for (const view of allProcesses(daemon)) {
    processes.push({
      view,
      tally: daemon.tally(view.group, view.name),
      usage: usages.get(`${view.group}:${view.name}`) ?? null,
      logBytes: await logSizes(logs, view),
      sockets: daemon.sockets(view.group, view.name),
    });
  }
  const listeners = daemon.groups().flatMap(({ spec }) => {
    const pool = daemon.eventPool(spec.name);
    return pool === null ? [] : [{ group: spec.name, pool }];
  });
  const { user, system } = process.cpuUsage();
  const body = metricsText({
    processes,
    listeners,
    daemon: {
      version,
      nodeVersion: process.version,
      uptime: process.uptime(),
      cpuSecs: (user + system) / 1e6,
      rssBytes: process.memoryUsage.rss(),
      loopDelay: await loopDelay(),
      loopBusy: performance.eventLoopUtilization().active / 1000,
    },
    now: daemon.now(),
  });
  respond(request, response, { type: 'text/plain; version=0.0.4; charset=utf-8', body });
}

async function logSizes(logs: LogFiles, view: ProcessView): Promise<Array<{ channel: string; bytes: number }>> {
  const paths = new Map([
    ['stdout', view.stdoutLog],
    ['stderr', view.stderrLog],
  ]);
  const sizes = [];
  for (const [channel, path] of paths) {
    if (path === '') continue;
    const read = await logs.read(path, (size) => ({ start: size, end: size }));
    if (read.ok) sizes.push({ channel, bytes: read.size });
  }
  return sizes;
}

/** Seconds. */
async function loopDelay(): Promise<number> {
  const begun = performance.now();
  await sleep(sampleMs);
  return Math.max(0, performance.now() - begun - sampleMs) / 1000;
}
