/**
 * One server by one kind of reload: a window without a reload, which tells its ordinary worst; then the reload, and what comes after it until
 * the new version answers. All under one stream of requests.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/gunicorn.ts';
import { type Answer, ask, type Load, startLoad, summarise } from '../../support/load.ts';
import { endRig, type Rig, startRig } from '../../support/rig.ts';
import { prepareQueue } from './jobs.ts';
import type { Outcome } from './outcome.ts';
import { bootSecs, type Kind, type ServerRow, type Site, type Strategy } from './row.ts';

export const perSecond = 50;
const secondsBefore = 4;
const secondsAfter = 1;
/** A version that does not come is not waited for longer than this after its reload. */
const patienceMs = (bootSecs + 2) * 1000;
/** Of a machine that others use too: a wait that is shorter is not told from its noise. A wait for an app to load is four times as long. */
export const noiseMs = (bootSecs * 1000) / 4;
/** A request that takes longer has failed. */
const timeoutMs = 15_000;

export type Connections = 'new' | 'kept' | 'jobs';

/** `rolling` and `broken` are one after the other in one daemon. */
export async function measureServer(row: ServerRow, strategy: Strategy, connections: Connections): Promise<Outcome[]> {
  const port = await freePort();
  const site: Site = { target: { host: '127.0.0.1', port }, port, spare: await freePort() };
  const rig = await startRig({ programs: programs(row, site, strategy), files: row.files('v1', site) });
  try {
    prepareQueue(rig.dir);
    await rig.until(async () => (await serving(row, rig, site)) === 'v1', `${row.name} answers`);
    await rig.logged(/success: web/);
    const load =
      row.traffic?.(rig, perSecond) ??
      startLoad({ target: site.target, perSecond, timeoutMs, keepAlive: connections === 'kept' });
    const trial = new Trial(row, rig, site, load, connections);
    await trial.quiet();
    const kinds: readonly Kind[] = strategy === 'rolling' ? ['rolling', 'broken'] : [strategy];
    for (const kind of kinds) await trial.reload(kind);
    return trial.end();
  } finally {
    await endRig(rig);
  }
}

function programs(row: ServerRow, site: Site, strategy: Strategy): string {
  return `[program:web]
${row.program(site, strategy)}
directory=DIR
redirect_stderr=true
stdout_logfile=DIR/web.out
stopwaitsecs=20
reload_strategy=${strategy}
${row.lines?.[strategy]?.(site) ?? ''}
${row.beside?.() ?? ''}`;
}

interface Window {
  readonly from: number;
  readonly to: number;
}
type Reloaded = Pick<Outcome, 'kind' | 'accepted' | 'tookSecs' | 'serves' | 'reason'> & { readonly window: Window };

class Trial {
  readonly #row: ServerRow;
  readonly #rig: Rig;
  readonly #site: Site;
  readonly #load: Load;
  readonly #connections: Connections;
  #quiet: Window = { from: 0, to: 0 };
  readonly #reloads: Reloaded[] = [];

  constructor(row: ServerRow, rig: Rig, site: Site, load: Load, connections: Connections) {
    this.#row = row;
    this.#rig = rig;
    this.#site = site;
    this.#load = load;
    this.#connections = connections;
  }

  async quiet(): Promise<void> {
    const from = performance.now();
    await sleep(secondsBefore * 1000);
    this.#quiet = { from, to: performance.now() };
  }

  async reload(kind: Kind): Promise<void> {
    const files = kind === 'broken' ? this.#row.broken(this.#site) : this.#row.files('v2', this.#site);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#rig.dir, name), text);
    const from = performance.now();
    const { status, stdout } = await this.#rig.ctl('reload', 'web');
    const tookSecs = (performance.now() - from) / 1000;
    const serves = await this.#settled();
    await sleep(secondsAfter * 1000);
    const reason = /reload failed: (.*)/.exec(stdout)?.[1] ?? '';
    this.#reloads.push({
      kind,
      accepted: status === 0,
      tookSecs,
      serves,
      reason,
      window: { from, to: performance.now() },
    });
  }

  async end(): Promise<Outcome[]> {
    const answers = await this.#load.stop();
    const ordinaryMs = summarise(within(answers, this.#quiet)).slowestMs;
    return this.#reloads.map(({ window, ...reload }) => {
      const sent = within(answers, window);
      const { requests, failed, slowestMs } = summarise(sent);
      const errors = countBy(sent.flatMap(({ error }) => error ?? []));
      const onReused = sent.filter(({ error, reused }) => error === 'ECONNRESET' && reused).length;
      const measured = { requests, failed, slowestMs, ordinaryMs, errors, onReused, latestMs: this.#load.latestMs };
      return { server: this.#row.name, connections: this.#connections, ...reload, ...measured };
    });
  }

  /** What answers in the end: the new version as soon as it does, else whatever does after the patience. */
  async #settled(): Promise<string> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const now = await serving(this.#row, this.#rig, this.#site);
      if (now === 'v2' || performance.now() > end) return now ?? 'nothing';
      await sleep(100);
    }
  }
}

/** The version that answers; null: nobody does. Of a worker: that did the last job. */
async function serving(row: ServerRow, rig: Rig, { target }: Site): Promise<string | null> {
  if (row.traffic !== undefined) {
    const last = rig.read('done').trimEnd().split('\n').at(-1) ?? '';
    return last === '' ? (/^ready/m.test(rig.read('web.out')) ? 'v1' : null) : (last.split(' ')[1] ?? null);
  }
  const { error, body } = await ask(target, '/', patienceMs);
  return error === null ? body.trim() : null;
}

function within(answers: readonly Answer[], { from, to }: Window): readonly Answer[] {
  return answers.filter(({ at }) => at >= from && at < to);
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
