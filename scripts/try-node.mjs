// The README's two commands, in a fresh clone, with other versions of node (the npm package `node` has them): `npm ci && npm start` until its web
// server was reloaded, and `npm ci && npm test`.
//
//     node scripts/try-node.mjs [--root DIR] 20 22 24 26 [-- WORD...]     only the tests whose path contains a word
//
// With --root on a copy of that root directory, such as `debootstrap --variant=minbase bookworm DIR` makes it: there is nothing then but a
// minimal Debian, node and npm.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values, positionals, tokens } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string' } },
  tokens: true,
});
const split = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? Number.POSITIVE_INFINITY;
const isVersion = tokens.filter(({ kind }) => kind === 'positional').map(({ index }) => index < split);
const versions = positionals.filter((_, at) => isVersion[at]);
const words = positionals.filter((_, at) => !isVersion[at]);
const work = mkdtempSync(join(tmpdir(), 'hupd-try-node-'));
chmodSync(work, 0o755); // tests run node as other users
let failed = 0;
try {
  for (const version of versions) await tryVersion(values.root === undefined ? here(version) : rootOf(version));
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

/**
 * A place to try a version in: `words` run a shell script in the checkout.
 * @typedef {{ words: (script: string) => string[], env: NodeJS.ProcessEnv }} Place
 */

/** On this machine, with all that it has. */
function here(version) {
  const node = installNode(version);
  const checkout = join(work, `checkout-${version}`);
  execFileSync('git', ['clone', '-q', '.', checkout]);
  return {
    words: (script) => ['bash', '-euo', 'pipefail', '-c', `cd ${checkout}\n${script}`],
    env: { ...process.env, PATH: `${node}:${process.env.PATH}` },
  };
}

/** In a copy of the root directory, with this machine's npm, and what npm needs here to reach its registry. */
function rootOf(version) {
  const root = join(work, `root-${version}`);
  execFileSync('cp', ['-a', '--reflink=auto', values.root, root]);
  const node = installNode(version);
  cpSync(join(node, 'node'), join(root, 'usr/local/bin/node'));
  // As node's own archives have it.
  cpSync(join(node, `../node_modules/node-linux-${process.arch}/LICENSE`), join(root, 'usr/local/LICENSE'));
  const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
  cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  execFileSync('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm')]);
  for (const file of [
    '/etc/hosts',
    '/etc/resolv.conf',
    '/etc/ssl/certs/ca-certificates.crt',
    '/usr/etc/npmrc',
    '/root/.npmrc',
  ]) {
    if (existsSync(file)) cpSync(realpathSync(file), join(root, file));
  }
  execFileSync('git', ['clone', '-q', '.', join(root, 'srv/hupd')]);
  const enter = `mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"`;
  const inside = (script) => ['bash', '-euo', 'pipefail', '-c', `cd /srv/hupd\n${script}`];
  return {
    words: (script) => ['unshare', '--mount', 'sh', '-c', enter, root, ...inside(script)],
    env: {
      PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
    },
  };
}

/** The directory of its `node`. */
function installNode(version) {
  const home = join(work, `node-${version}`);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], { cwd: home, stdio: 'ignore' });
  return join(home, 'node_modules/node/bin');
}

/** @param {Place} place */
async function tryVersion({ words: inPlace, env }) {
  const run = (script) => {
    const [file, ...args] = inPlace(script);
    return spawnSync(file, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 });
  };
  const name = run('node --version').stdout.trim();
  const installed = run('npm ci');
  if (installed.status !== 0) console.log(installed.stdout, installed.stderr);
  report(`${name}: npm ci && npm start`, installed.status === 0 && (await startAndReload(inPlace, env)));
  const test = `npm ci && npm test${words.length === 0 ? '' : ` -- ${words.join(' ')}`}`;
  const tested = run(test);
  for (const line of tested.stdout.split('\n')) {
    if (/^ *(?:not ok|✖) /.test(line)) console.log(line);
  }
  const figures = [...tested.stdout.matchAll(/^(?:#|ℹ) (pass|fail|skipped) (\d+)$/gm)].map(
    ([, what, count]) => `${count} ${what}`,
  );
  report(`${name}: ${test} (${figures.join(', ')})`, tested.status === 0);
}

/** In a network of its own, where the sample's port is free. */
async function startAndReload(inPlace, env) {
  const script = `npm start & trap 'bin/hupctl -c conf.d/hupd.conf shutdown; wait' EXIT
until node -e 'fetch("http://127.0.0.1:8000/").then(() => process.exit(0), () => process.exit(1))'; do sleep 0.2; done
bin/hupctl -c conf.d/hupd.conf status; bin/hupctl -c conf.d/hupd.conf reload web`;
  const child = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', ...inPlace(script)], {
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
