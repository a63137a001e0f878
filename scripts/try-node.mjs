// The README's two commands, in a fresh clone, with other versions of node (the npm package `node` has them): `npm ci && npm start` until its web
// server was reloaded, and `npm ci && npm test`.
//
//     node scripts/try-node.mjs 20 22 24 26 [-- WORD...]     only the tests whose path contains a word
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const split = process.argv.indexOf('--');
const versions = process.argv.slice(2, split === -1 ? undefined : split);
const words = split === -1 ? [] : process.argv.slice(split + 1);
const work = mkdtempSync(join(tmpdir(), 'hupd-try-node-'));
chmodSync(work, 0o755); // tests run node as other users
let failed = 0;
try {
  for (const version of versions) await tryVersion(version);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

async function tryVersion(version) {
  const home = join(work, `node-${version}`);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], { cwd: home, stdio: 'ignore' });
  const checkout = join(work, `checkout-${version}`);
  execFileSync('git', ['clone', '-q', '.', checkout]);
  const env = { ...process.env, PATH: `${join(home, 'node_modules/node/bin')}:${process.env.PATH}` };
  const inCheckout = (command, options = {}) =>
    spawnSync('bash', ['-euo', 'pipefail', '-c', command], { cwd: checkout, env, encoding: 'utf8', ...options });
  const name = inCheckout('node --version').stdout.trim();
  report(`${name}: npm ci && npm start`, inCheckout('npm ci').status === 0 && (await startAndReload(checkout, env)));
  const test = `npm ci && npm test${words.length === 0 ? '' : ` -- ${words.join(' ')}`}`;
  const tested = inCheckout(test, { maxBuffer: 1 << 28 });
  for (const line of tested.stdout.split('\n')) if (/^ *(?:not ok|✖) /.test(line)) console.log(line);
  const figures = [...tested.stdout.matchAll(/^(?:#|ℹ) (pass|fail|skipped) (\d+)$/gm)].map(
    ([, what, count]) => `${count} ${what}`,
  );
  report(`${name}: ${test} (${figures.join(', ')})`, tested.status === 0);
}

/** In a network of its own, where the sample's port is free. */
async function startAndReload(checkout, env) {
  const script = `ip link set lo up; npm start & trap 'bin/hupctl -c conf.d/hupd.conf shutdown; wait' EXIT
until curl -sf http://127.0.0.1:8000/ >/dev/null; do sleep 0.2; done
bin/hupctl -c conf.d/hupd.conf status; bin/hupctl -c conf.d/hupd.conf reload web; curl -sf http://127.0.0.1:8000/`;
  const child = spawn('unshare', ['--net', 'bash', '-c', script], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (shown += chunk));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const status = await Promise.race([ended, sleep(120_000, 'too slow', { ref: false })]);
  if (status !== 0) {
    child.kill();
    console.log(shown);
  }
  return status === 0;
}

function report(what, ok) {
  console.log(`${ok ? 'ok' : 'FAILED'}  ${what}`);
  if (!ok) failed += 1;
}
