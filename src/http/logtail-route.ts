/**
 * `/logtail/NAME[/stdout|/stderr]` and `/mainlogtail`: the end of a log, then all that is added, until the client leaves. Raw bytes. A client
 * that does not read is not read for: nothing piles up here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogFiles, LogFollower } from '../core/log-window.ts';
import { splitNamespec } from '../core/namespec.ts';
import type { Supervision } from '../runtime/supervision.ts';
import { httpBounds } from './bounds.ts';
import { commonHeaders, respondError } from './respond.ts';

const headBytes = 1024;

/** Follows logs for clients; one for all servers, so that the number of clients is bounded. */
export class LogTails {
  readonly #daemon: Supervision;
  readonly #logs: LogFiles;
  #clients = 0;

  constructor(daemon: Supervision, logs: LogFiles) {
    this.#daemon = daemon;
    this.#logs = logs;
  }

  /** `path`: what follows `/logtail`, decoded. */
  async process(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const log = processLog(this.#daemon, path);
    await this.#tail(request, response, log, { 'X-Accel-Buffering': 'no' });
  }

  async main(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#tail(request, response, this.#daemon.mainLogPath, {});
  }

  async #tail(
    request: IncomingMessage,
    response: ServerResponse,
    log: string | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    if (request.method !== 'GET') return respondError(request, response, 400);
    if (log === null) return respondError(request, response, 404);
    if (this.#clients >= httpBounds.maxTails) return respondError(request, response, 503);
    this.#clients++;
    let follower: LogFollower | null = null;
    let gone = false;
    response.once('close', () => {
      gone = true;
      this.#clients--;
      follower?.close();
    });
    follower = await this.#logs.follow(log, { head: headBytes, onBytes: (bytes) => response.write(bytes) });
    if (gone) return follower?.close();
    if (follower === null) return respondError(request, response, 404);
    response.writeHead(200, {
      ...commonHeaders,
      'Content-Type': 'text/plain;charset=utf-8',
      'Last-Modified': new Date(follower.modifiedAt).toUTCString(),
      ...headers,
    });
    response.flushHeaders();
    giveUpOnStalled(response);
    response.on('drain', () => follower?.resume());
    follower.resume();
  }
}

/** null: no such process, no such channel, or no log. */
function processLog(daemon: Supervision, path: string): string | null {
  const [, name = '', channel = 'stdout'] = /^[^/]*\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
  const { group, process } = splitNamespec(name);
  const view = process === null ? null : daemon.process(group, process);
  if (view === null) return null;
  const logs = new Map([
    ['stdout', view.stdoutLog],
    ['stderr', view.stderrLog],
  ]);
  return logs.get(channel) || null;
}

/** A client that has read nothing for as long as an idle connection may live is dropped. */
export function giveUpOnStalled(response: ServerResponse): void {
  let stalledAt: number | null = null;
  const timer = setInterval(() => {
    if (!response.writableNeedDrain) stalledAt = null;
    else {
      stalledAt ??= performance.now();
      if (performance.now() - stalledAt >= httpBounds.idleMs) response.destroy();
    }
  }, httpBounds.idleMs / 10).unref();
  response.on('drain', () => {
    stalledAt = null;
  });
  response.once('close', () => clearInterval(timer));
}
