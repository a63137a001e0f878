// `npm run bench`: every bench, or those whose path contains the first word given; the other words are theirs.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const [word = '', ...rest] = process.argv.slice(2);
const files = readdirSync('build/test/bench')
  .filter((name) => name.endsWith('.js') && name.includes(word))
  .sort();
if (files.length === 0) {
  console.error(`no bench matches ${word}`);
  process.exit(1);
}
for (const file of files) {
  const { status } = spawnSync(process.execPath, [`build/test/bench/${file}`, ...rest], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
