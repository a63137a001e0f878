/**
 * `npm run bench carry [rounds] [seed]`: 100 kill -9 and restarts, and 100 upgrades in place, at random moments, under load and log traffic, with a
 * reload in flight in a third of them. Exit status 1 when a request failed, a line is missing or doubled, a program was restarted, or a zombie is left.
 */
import { runCycles } from '../support/carry-cycles.ts';

const rounds = Number(process.argv[2] ?? 100);
const seed = Number(process.argv[3] ?? 1);
let bad = false;
for (const how of ['kill', 'upgrade'] as const) {
  const began = performance.now();
  const result = await runCycles({ how, rounds, seed, perSecond: 20, tell: (text) => console.log(text) });
  const { requests, failed, slowestMs, lines, wrongLines, restarted, zombies, reloads, failedReloads } = result;
  console.log(`${how}: ${rounds} rounds in ${Math.round((performance.now() - began) / 1000)} s, seed ${seed}`);
  console.log(
    `  requests ${requests}, failed ${failed.length} ${failed.slice(0, 5).join('; ')}, slowest ${Math.round(slowestMs)} ms`,
  );
  console.log(`  lines ${lines}, lost or doubled ${wrongLines.length} ${wrongLines.join('; ')}`);
  console.log(`  programs restarted or doubled ${restarted.length} ${restarted.join(' ')}, zombies ${zombies}`);
  console.log(`  reloads in flight ${reloads}, failed ${failedReloads.length} ${failedReloads.slice(0, 2).join('; ')}`);
  bad ||= failed.length + wrongLines.length + restarted.length + zombies + failedReloads.length > 0;
}
process.exitCode = bad ? 1 : 0;
