/**
 * `/events`: server-sent events for the dashboard. However many look on, the daemon is asked once for all of them; when nobody does,
 * nothing runs. A client that does not read is not written to: once it reads again it is told how things stand then.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Supervision } from '../runtime/supervision.ts';
import { httpBounds } from './bounds.ts';
import { processesSince, usageMessage } from './dashboard-rows.ts';
import { giveUpOnStalled } from './logtail-route.ts';
import { commonHeaders, respondAndClose, respondError } from './respond.ts';

/** How often CPU and memory are told. */
const usageMs = 2000;
/** Changes that come faster are told together. */
const pauseMs = 100;

interface Watcher {
  readonly response: ServerResponse;
  /** It has missed something. */
  stale: boolean;
}

export class Watchers {
  readonly #daemon: Supervision;
  readonly #watchers = new Set<Watcher>();
  #version = 0;
  #running = false;

  constructor(daemon: Supervision) {
    this.#daemon = daemon;
  }

  attach(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') return respondAndClose(request, response, 400);
    if (this.#watchers.size >= httpBounds.maxWatchers) return respondError(request, response, 503);
    const watcher: Watcher = { response, stale: false };
    this.#watchers.add(watcher);
    response.once('close', () => this.#watchers.delete(watcher));
    response.on('drain', () => {
      if (watcher.stale) this.#tellAll(watcher);
    });
    response.writeHead(200, {
      ...commonHeaders,
      'Content-Type': 'text/event-stream;charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    giveUpOnStalled(response);
    this.#tellAll(watcher);
    if (!this.#running) void this.#run();
  }

  #tellAll(watcher: Watcher): void {
    watcher.stale = false;
    watcher.response.write(eventText('processes', processesSince(this.#daemon, 0).message));
  }

  /** Until nobody looks any more. */
  async #run(): Promise<void> {
    this.#running = true;
    try {
      this.#version = this.#daemon.changes(0).version;
      let usageAt = 0;
      while (this.#watchers.size > 0) {
        const left = usageAt + usageMs - performance.now();
        if (usageAt === 0 || left <= 0) {
          usageAt = performance.now();
          this.#broadcast(eventText('usage', await usageMessage(this.#daemon)));
        } else await this.#daemon.changed(this.#version, left);
        if (this.#watchers.size === 0) break;
        const { version, message } = processesSince(this.#daemon, this.#version);
        const isNews = version !== this.#version;
        this.#version = version;
        if (isNews) this.#broadcast(eventText('processes', message));
        await sleep(pauseMs);
      }
    } catch (error) {
      this.#daemon.log('ERRO', `/events: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      for (const { response } of this.#watchers) response.destroy();
    } finally {
      this.#running = false;
    }
  }

  #broadcast(text: string): void {
    for (const watcher of this.#watchers) {
      if (watcher.response.writableNeedDrain) watcher.stale = true;
      else watcher.response.write(text);
    }
  }
}

function eventText(event: string, message: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(message)}\n\n`;
}
