/**
 * The first row of the promise, with figures: Debian's gunicorn, unmodified, an app whose import sleeps 4 s, 50 requests a second on a new
 * connection each; a minute without a reload, then ten rolling reloads in a row. `node build/test/bench/reload-gunicorn.js [seconds before]`.
 */
import { appText, gunicornSite, type SiteOptions, ship } from '../support/gunicorn.ts';
import { ask, type Load, type Summary, startLoad, summarise } from '../support/load.ts';
import { endRig, startRig } from '../support/rig.ts';

const importSecs = 4;
const perSecond = 50;
const secondsBefore = Number(process.argv[2] ?? 60);

interface Row {
  readonly name: string;
  readonly site: SiteOptions;
  readonly reloads: number;
}

const rows: readonly Row[] = [
  { name: 'tcp, ten reloads', site: { bind: 'tcp' }, reloads: 10 },
  { name: 'unix socket', site: { bind: 'unix' }, reloads: 3 },
  { name: '--pid FILE', site: { bind: 'tcp', gunicorn: '--pid DIR/g.pid' }, reloads: 3 },
  { name: 'gthread', site: { bind: 'tcp', gunicorn: '-k gthread --threads 4' }, reloads: 3 },
  ...(process.geteuid?.() === 0
    ? [{ name: 'user=www-data', site: { bind: 'tcp', program: 'user=www-data' } as const, reloads: 3 }]
    : []),
];

async function measure({ site, reloads }: Row): Promise<{ before: Summary; during: Summary; versions: string }> {
  const { section, target } = await gunicornSite(site);
  const rig = await startRig({ programs: section, files: { 'app.py': appText('v1', importSecs) } });
  try {
    await rig.until(async () => (await ask(target(rig))).error === null, 'version 1 answers');
    const quiet = startLoad({ target: target(rig), perSecond });
    await answered(quiet, secondsBefore * perSecond);
    const before = summarise(await quiet.stop());
    const load = startLoad({ target: target(rig), perSecond });
    for (let number = 2; number <= reloads + 1; number++) {
      ship(rig, appText(`v${number}`, importSecs));
      const { status, stdout } = await rig.ctl('reload', 'web');
      if (status !== 0) throw new Error(`reload ${number - 1} failed:\n${stdout}`);
    }
    await answered(load, load.answers.length + perSecond);
    const answers = await load.stop();
    const last = (await ask(target(rig))).body.trim();
    return { before, during: summarise(answers), versions: `v1 to ${last}` };
  } finally {
    await endRig(rig);
  }
}

async function answered(load: Load, answers: number): Promise<void> {
  while (load.answers.length < answers) await new Promise((resolve) => setTimeout(resolve, 50));
}

console.log(
  `gunicorn -w 2, import ${importSecs} s, ${perSecond} new connections/s; ${secondsBefore} s before, then the reloads\n`,
);
console.log('| case | requests | failed | slowest before | slowest during | ratio | served |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const row of rows) {
  const { before, during, versions } = await measure(row);
  const ratio = (during.slowestMs / before.slowestMs).toFixed(2);
  console.log(
    `| ${row.name} | ${during.requests} | ${during.failed} | ${before.slowestMs.toFixed(0)} ms | ${during.slowestMs.toFixed(0)} ms | ${ratio} | ${versions} |`,
  );
}
