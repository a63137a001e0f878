/**
 * `npm run bench:servers [-- WORD...]`: real servers, unmodified, under requests, each reloaded by each strategy and with a version that can not
 * start; then reloads in a row, under a high rate, of eight processes and of a group. Words choose the cases whose names have a word that begins so.
 */
import { missing } from '../../support/needs.ts';
import { run } from '../../support/rig.ts';
import type { Case } from './case.ts';
import { cases } from './cases.ts';
import { perSecond } from './measure.ts';
import { noiseMs } from './outcome.ts';
import { heading, type Line, measuredLine, row, save } from './report.ts';
import { bootSecs } from './row.ts';

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = cases.filter(({ name }) => words.length === 0 || words.some((word) => has(name.toLowerCase(), word)));
if (chosen.length === 0) {
  console.error(
    `no case has ${words.join(' or ')} in its name; there are: ${cases.map(({ name }) => name).join(', ')}`,
  );
  process.exit(1);
}

/** At the beginning of one of its words: `unicorn` is not `gunicorn`. */
function has(name: string, word: string): boolean {
  return name.startsWith(word) || name.includes(` ${word}`);
}

async function versionOf({ says, needs }: Case): Promise<string> {
  const [command = '', ...args] = says;
  if (missing(needs) !== null) return '';
  const { stdout, stderr } = await run(command, args);
  return `${stdout}\n${stderr}`.trim().split('\n')[0]?.trim() ?? '';
}

async function linesOf(one: Case): Promise<Line[]> {
  const absent = missing(one.needs);
  if (absent !== null) return [{ line: 'missing', server: one.name, text: absent }];
  try {
    return (await one.measure()).map((outcome) => measuredLine(outcome, one.why(outcome)));
  } catch (error) {
    process.exitCode = 1;
    const [text = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    console.error(error);
    return [{ line: 'missing', server: one.name, text: `the bench itself failed: ${text}` }];
  }
}

const versions = [...new Set(await Promise.all(chosen.map(versionOf)))].filter((text) => text !== '');
const text = [
  heading(
    versions,
    `${perSecond} requests/s, an app that takes ${bootSecs} s to load. Before: the slowest of 4 s without a reload. A row is RED when a request failed, or waited longer than before and than ${noiseMs} ms, or when the version that answers in the end is not the one that should.`,
  ),
];
console.log(text[0]);
const lines: Line[] = [];
for (const one of chosen) {
  for (const line of await linesOf(one)) {
    lines.push(line);
    text.push(row(line));
    console.log(row(line));
  }
}
const name = words.length === 0 ? 'all' : words.join('-').replace(/[^a-z0-9-]/g, '_');
console.log(`\n${save(name, text.join('\n'), lines)}`);
