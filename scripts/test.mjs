// Runs the built tests: all of them, or those whose path contains one of the words given.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

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
const { status } = spawnSync(process.execPath, ['--test', '--test-timeout=300000', ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
