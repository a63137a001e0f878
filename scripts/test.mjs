// Runs the built tests: all of them, or those whose path contains one of the words given.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

const words = process.argv.slice(2);
const all = readdirSync('build/test', { recursive: true })
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => `build/test/${name}`)
  .sort();
const files = words.length === 0 ? all : all.filter((name) => words.some((word) => name.includes(word)));
if (files.length === 0) {
  console.error(`no test file matches ${words.join(' ')}`);
  process.exit(1);
}
// A bound for what hangs, and not for what is slow: on a machine that is busy with other things each file has more.
const busy = Math.min(4, Math.max(1, loadavg()[0] / availableParallelism()));
const options = [`--test-timeout=${Math.round(300_000 * busy)}`, '--test-reporter=spec']; // its end tells the failures once more
const { status } = spawnSync(process.execPath, ['--test', ...options, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
