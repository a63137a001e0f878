/**
 * hupd beside those a user would pick instead, in turns, in one run: `npm run bench peers [ROW...] -- [--quick | --full | --grow] [--pm2]`. Prints a table, and
 * writes it to artifacts/ with the figures as JSON and a plot of how they grow; with `--readme` the README gets the lines that have a goal.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, release } from 'node:os';
import { version } from '../../src/version.ts';
import { crash } from './peers/crash.ts';
import type { RowResult } from './peers/figures.ts';
import { bounds, goals } from './peers/goals.ts';
import { lives } from './peers/lives.ts';
import { logs } from './peers/logs.ts';
import { type Plan, planFlags, planOf } from './peers/plan.ts';
import { plot } from './peers/plot.ts';
import { reload } from './peers/reload.ts';
import { type Machine, markdown, shortMarkdown } from './peers/report.ts';
import { rpc } from './peers/rpc.ts';
import { insistOnRunInMemory } from './peers/run-in-memory.ts';
import { status } from './peers/status.ts';

const rows: Readonly<Record<string, (plan: Plan) => Promise<RowResult>>> = { lives, crash, rpc, status, logs, reload };

const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith('--'));
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = [...wanted.filter((name) => !(name in rows)), ...flags.filter((flag) => !planFlags.includes(flag))];
if (unknown.length > 0) {
  console.error(
    `no such row or flag: ${unknown.join(' ')}; rows: ${Object.keys(rows).join(' ')}; flags: ${planFlags.join(' ')}`,
  );
  process.exit(2);
}

insistOnRunInMemory();
const loadBefore = loadavg()[0] ?? 0;
const results: RowResult[] = [];
for (const [name, run] of Object.entries(rows)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const from = performance.now();
  try {
    results.push(await run(planOf(flags)));
  } catch (error) {
    // What the other rows have measured is not to be lost.
    process.exitCode = 1;
    results.push({ figures: [], notes: [`${name} failed: ${error instanceof Error ? error.stack : String(error)}`] });
  }
  console.error(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s`);
}

const firstLine = (file: string, ...words: string[]): string =>
  spawnSync(file, words, { encoding: 'utf8' }).stdout?.trim().split('\n')[0] ?? '';
const packageVersion = (name: string): string => /\S+$/.exec(firstLine('dpkg-query', '-W', name))?.[0] ?? '';
const machine: Machine = {
  date: new Date().toISOString().slice(0, 10),
  versions: {
    hupd: version,
    node: process.version.slice(1),
    supervisord: firstLine('/usr/bin/supervisord', '--version'),
    s6: packageVersion('s6'),
    runit: packageVersion('runit'),
  },
  cores: availableParallelism(),
  kernel: release().replace(/-.*/, ''),
  loads: [loadBefore, loadavg()[0] ?? 0],
};
const table = markdown(machine, results, { goals, bounds });
mkdirSync('artifacts', { recursive: true });
const name = `artifacts/peers${[...wanted, ...(flags.includes('--grow') ? ['grow'] : [])].map((word) => `-${word}`).join('')}`;
writeFileSync(`${name}.json`, JSON.stringify({ machine, results }, null, 1));
writeFileSync(`${name}.md`, table);
writeFileSync(`${name}.svg`, plot(results.flatMap(({ figures }) => figures)));
console.log(table);
if (flags.includes('--readme')) {
  const shown = shortMarkdown(machine, results, { goals, bounds });
  const readme = readFileSync('README.md', 'utf8');
  const marked = /(<!-- benchmarks -->\n)[\s\S]*(<!-- \/benchmarks -->)/;
  writeFileSync(
    'README.md',
    readme.replace(marked, (_, begin: string, end: string) => `${begin}\n${shown}\n${end}`),
  );
}
process.exit();
