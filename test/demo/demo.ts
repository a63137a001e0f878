/**
 * `npm run demo`: the reason to use hupd in one table. A web server that takes some seconds to start, under 50 requests a second, a new connection
 * each, gets a new version by each of the three strategies.
 */
import { existsSync } from 'node:fs';
import { appText, freePort } from '../support/gunicorn.ts';
import { ask, type Load, type Summary, startLoad, summarise, type Target } from '../support/load.ts';
import { endRig, type Rig, startRig } from '../support/rig.ts';

const perSecond = 50;
const bootSecs = 4;
const strategies = ['restart', 'hup', 'rolling'] as const;
type Strategy = (typeof strategies)[number];

const withGunicorn = existsSync('/usr/bin/gunicorn');

function section(port: number, strategy: Strategy): string {
  const command = withGunicorn
    ? `/usr/bin/gunicorn -w 2 -b 127.0.0.1:${port} app:app\ndirectory=DIR`
    : `node ${process.cwd()}/conf.d/web/server.mjs\nenvironment=PORT="${port}",BOOT_SECS="${bootSecs}"`;
  return `[program:web]\ncommand=${command}\nreload_strategy=${strategy}\nredirect_stderr=true\nstdout_logfile=DIR/web.log`;
}

async function main(): Promise<void> {
  const server = withGunicorn ? 'gunicorn -w 2' : "the sample's Node server (install gunicorn to see it with that)";
  console.log(`${server}, ${bootSecs} s to start, ${perSecond} requests/s, each on a new connection\n`);
  const rows: Array<[Strategy, Summary]> = [];
  for (const strategy of strategies) rows.push([strategy, await measure(strategy)]);
  console.log(
    `\n${'strategy'.padEnd(10)}${'requests'.padStart(9)}${'failed'.padStart(8)}${'slowest'.padStart(10)}${'without an answer'.padStart(20)}`,
  );
  for (const [strategy, { requests, failed, slowestMs, withoutAnswerSecs }] of rows) {
    console.log(
      strategy.padEnd(10) +
        `${requests}`.padStart(9) +
        `${failed}`.padStart(8) +
        `${(slowestMs / 1000).toFixed(2)} s`.padStart(10) +
        `${withoutAnswerSecs.toFixed(1)} s`.padStart(20),
    );
  }
}

async function measure(strategy: Strategy): Promise<Summary> {
  const port = await freePort();
  const target = { host: '127.0.0.1', port };
  const rig = await startRig({ programs: section(port, strategy), files: { 'app.py': appText('hello', bootSecs) } });
  try {
    await serves(rig, target);
    const load = startLoad({ target, perSecond });
    await count(load, perSecond);
    console.log(`$ hupctl reload web        # reload_strategy=${strategy}`);
    const { stdout } = await rig.ctl('reload', 'web');
    console.log(stdout.replace(/^/gm, '  ').trimEnd());
    await count(load, load.answers.length + bootSecs * perSecond);
    return summarise(await load.stop());
  } finally {
    await endRig(rig);
  }
}

async function serves(rig: Rig, target: Target): Promise<void> {
  await rig.until(async () => (await ask(target)).error === null, 'the server answers');
}

/** Resolves when so many requests have been answered. */
async function count(load: Load, answers: number): Promise<void> {
  while (load.answers.length < answers) await new Promise((resolve) => setTimeout(resolve, 50));
}

await main();
