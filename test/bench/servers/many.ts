/** Reloads of more than one process: eight of a program that share a socket, and a group of five different servers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLoad } from '../../support/load.ts';
import { endRig, type RigOptions, startRig } from '../../support/rig.ts';
import type { Case } from './case.ts';
import { answering, newSite, perSecond, programLines, timeoutMs } from './measure.ts';
import type { Outcome } from './outcome.ts';
import type { ServerRow, Site } from './row.ts';
import { nginx, puma, unicorn } from './rows/others.ts';
import { node } from './rows/own.ts';
import { gunicornSync, uvicorn } from './rows/python.ts';
import { Trial } from './trial.ts';

interface Many {
  readonly name: string;
  readonly sites: readonly Site[];
  readonly programs: string;
  readonly files: (version: string) => NonNullable<RigOptions['files']>;
  /** What `hupctl reload` is given. */
  readonly target: string;
}

export const numprocs: Case = {
  name: 'numprocs=8',
  needs: [],
  says: node.says,
  measure: async () => {
    const site = await newSite();
    const lines = `numprocs=8\nprocess_name=web_%(process_num)d\nsocket=tcp://127.0.0.1:${site.port}`;
    const programs = `[program:web]\n${programLines(node, site, 'rolling')}\n${lines}`;
    const files = (version: string) => node.files(version, site);
    return measureMany({ name: 'numprocs=8', sites: [site], programs, files, target: 'web:*' });
  },
  why: () => '',
};

const five: readonly ServerRow[] = [gunicornSync, uvicorn, puma, unicorn, nginx];

export const groupOfFive: Case = {
  name: `group of 5 (${five.map(({ name }) => name.split(' ')[0]).join(', ')})`,
  needs: five.flatMap(({ needs }) => needs),
  says: node.says,
  measure: async () => {
    const rows: Array<{ readonly row: ServerRow; readonly site: Site; readonly name: string }> = [];
    for (const [index, row] of five.entries()) rows.push({ row, site: await newSite(), name: `p${index}` });
    const sections = rows.map(
      ({ row, site, name }) =>
        `[program:${name}]\n${programLines(row, site, 'rolling').replaceAll('DIR', `DIR/${name}`)}`,
    );
    const files = (version: string) => {
      const all = rows.flatMap(({ row, site, name }) =>
        Object.entries(row.files(version, site)).map(([file, text]) => [`${name}/${file}`, text] as const),
      );
      return Object.fromEntries(all);
    };
    const programs = `[group:site]\nprograms=${rows.map(({ name }) => name).join(',')}\n${sections.join('\n')}`;
    const sites = rows.map(({ site }) => site);
    return measureMany({ name: groupOfFive.name, sites, programs, files, target: 'site:*' });
  },
  why: () => '',
};

/** The requests go round the sites. */
async function measureMany({ name, sites, programs, files, target }: Many): Promise<Outcome[]> {
  const rig = await startRig({ programs, files: files('v1') });
  const serving = async () => {
    const versions = new Set(await Promise.all(sites.map(answering)));
    return versions.size === 1 ? ([...versions][0] ?? null) : null;
  };
  try {
    await rig.until(async () => (await serving()) === 'v1', 'all answer');
    await rig.until(async () => !/STARTING/.test((await rig.ctl('status')).stdout), 'all are RUNNING');
    const rate = perSecond / sites.length;
    const loads = sites.map((site) => startLoad({ target: site.target, perSecond: rate, timeoutMs }));
    const trial = new Trial({ server: name, connections: 'new', loads, serving });
    await trial.quiet();
    const act = () => {
      for (const [file, text] of Object.entries(files('v2'))) writeFileSync(join(rig.dir, file), text);
      return rig.ctl('reload', target);
    };
    await trial.reload({ kind: 'rolling', wanted: 'v2', act });
    return await trial.end();
  } finally {
    await endRig(rig);
  }
}
