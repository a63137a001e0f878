/** One server by one strategy; under `rolling` also with a version that can not start. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/gunicorn.ts';
import { ask, startLoad } from '../../support/load.ts';
import { endRig, type Rig, startRig } from '../../support/rig.ts';
import { prepareQueue } from './jobs.ts';
import type { Connections, Outcome } from './outcome.ts';
import type { ServerRow, Site, Strategy } from './row.ts';
import { patienceMs, Trial } from './trial.ts';

export const perSecond = 50;
/** A request that takes longer has failed. */
export const timeoutMs = 15_000;

export interface Way {
  readonly strategy: Strategy;
  readonly connections: Connections;
  /** Requests a second. */
  readonly rate?: number;
  /** So many versions in a row, instead of one and a broken one. */
  readonly inARow?: number;
  readonly title?: string;
}

export async function measureServer(row: ServerRow, way: Way): Promise<Outcome[]> {
  const { strategy, connections, rate = perSecond, inARow, title = row.name } = way;
  const site = await newSite();
  const rig = await startRig({ programs: programs(row, site, strategy), files: row.files('v1', site) });
  const ship = (files: Readonly<Record<string, string>>) => shipAndReload(rig, files);
  try {
    prepareQueue(rig.dir);
    await rig.until(async () => (await serving(row, rig, site)) === 'v1', `${row.name} answers`);
    await rig.logged(/success: web/);
    const load =
      row.traffic?.(rig, rate) ??
      startLoad({ target: site.target, perSecond: rate, timeoutMs, keepAlive: connections === 'kept' });
    const trial = new Trial({ server: title, connections, loads: [load], serving: () => serving(row, rig, site) });
    await trial.quiet();
    if (inARow === undefined) {
      await trial.reload({ kind: strategy, wanted: 'v2', act: () => ship(row.files('v2', site)) });
      const broken = { kind: 'broken', wanted: 'v2', act: () => ship(row.broken(site)) } as const;
      if (strategy === 'rolling') await trial.reload(broken);
    } else {
      const versions = Array.from({ length: inARow }, (_, index) => `v${index + 2}`);
      const act = async () => {
        for (const version of versions.slice(0, -1)) {
          const result = await ship(row.files(version, site));
          if (result.status !== 0) return result;
        }
        return ship(row.files(versions.at(-1) ?? '', site));
      };
      await trial.reload({ kind: strategy, wanted: versions.at(-1) ?? '', act });
    }
    return await trial.end();
  } finally {
    await endRig(rig);
  }
}

export async function newSite(): Promise<Site> {
  const port = await freePort();
  return { target: { host: '127.0.0.1', port }, port, spare: await freePort() };
}

function shipAndReload(rig: Rig, files: Readonly<Record<string, string>>): ReturnType<Rig['ctl']> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(rig.dir, name), text);
  return rig.ctl('reload', 'web');
}

function programs(row: ServerRow, site: Site, strategy: Strategy): string {
  return `[program:web]
${programLines(row, site, strategy)}
${row.beside?.() ?? ''}`;
}

/** All but the section's name. */
export function programLines(row: ServerRow, site: Site, strategy: Strategy): string {
  return `${row.program(site, strategy)}
directory=DIR
redirect_stderr=true
stdout_logfile=DIR/web.out
stopwaitsecs=20
reload_timeout=20
reload_strategy=${strategy}
${row.lines?.[strategy]?.(site) ?? ''}`;
}

/** The version that answers; null: nobody does. Of a worker: that did the last job. */
async function serving(row: ServerRow, rig: Rig, site: Site): Promise<string | null> {
  if (row.traffic === undefined) return answering(site);
  const last = rig.read('done').trimEnd().split('\n').at(-1) ?? '';
  return last === '' ? (/^ready/m.test(rig.read('web.out')) ? 'v1' : null) : (last.split(' ')[1] ?? null);
}

export async function answering({ target }: Site): Promise<string | null> {
  const { error, body } = await ask(target, '/', patienceMs);
  return error === null ? body.trim() : null;
}
