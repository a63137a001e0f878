/** Rolling reloads of nginx: what hupd adds to the server's own boot and the overlap; and what 2,000 requests a second feel of ten of them. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, startLoad } from '../../support/load.ts';
import { missing } from '../../support/needs.ts';
import { endRig, startRig } from '../../support/rig.ts';
import { Figures, quantile, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';

const perSecond = 2000;
const overlapSecs = 0.5;
const nginx = '/usr/sbin/nginx -p DIR -c DIR/nginx.conf -g "daemon off; pid DIR/nginx.pid; error_log stderr;"';
const config = (port: number) =>
  `events{}\nhttp { access_log off; server { listen 127.0.0.1:${port}; return 200 "v1"; } }\n`;

export async function reload({ rounds, loadSecs }: Plan): Promise<RowResult> {
  const figures = new Figures();
  const absent = missing([{ command: 'nginx', apt: 'nginx-light' }]);
  if (absent !== null) return { figures: [], notes: [`reload was not run: ${absent}`] };
  const notes = [
    'reload: "reloaded in" of hupctl, less the overlap and the median of what nginx alone takes from its start to its first answer',
  ];
  const boots: number[] = [];
  for (let round = 0; round < 3 * rounds; round++) boots.push(await bootSecs());
  const port = await freePort();
  const rig = await startRig({
    programs: `[program:web]\ncommand=${nginx}\ndirectory=DIR\nreload_strategy=rolling\nreload_overlap=${overlapSecs}\n`,
    files: { 'nginx.conf': config(port) },
  });
  try {
    const target = { host: '127.0.0.1', port };
    await rig.until(async () => (await ask(target)).error === null, 'nginx answers');
    const reloadOnce = async () => {
      const { status, stdout } = await rig.ctl('reload', 'web');
      const secs = Number(/reloaded in ([\d.]+) s/.exec(stdout)?.[1]);
      if (status !== 0 || Number.isNaN(secs)) throw new Error(`reload failed:\n${stdout}`);
      return secs;
    };
    for (let round = 0; round < 3 * rounds; round++) {
      figures.add('reload overhead', 'hupd', 'ms', 1000 * ((await reloadOnce()) - overlapSecs - quantile(boots, 0.5)));
    }
    for (let round = 0; round < rounds; round++) {
      for (const reloads of [false, true]) {
        const load = startLoad({ target, perSecond });
        const end = performance.now() + (loadSecs * 1000) / rounds;
        while (performance.now() < end) await (reloads ? reloadOnce() : sleep(100));
        const answers = await load.stop();
        const failed = answers.filter(({ error }) => error !== null).length;
        const system = reloads ? 'hupd' : 'no reload';
        figures.add(
          `p99.9 of ${perSecond} requests/s during reloads`,
          system,
          'ms',
          quantile(
            answers.map(({ ms }) => ms),
            0.999,
          ),
        );
        figures.add('requests that failed', system, 'of all', failed);
        figures.add('the client was late by at most', system, 'ms', load.latestMs);
      }
    }
  } finally {
    await endRig(rig);
  }
  return { figures: figures.all(), notes };
}

async function bootSecs(): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-bench-'));
  const port = await freePort();
  writeFileSync(join(dir, 'nginx.conf'), config(port));
  const from = performance.now();
  const child = spawn('/bin/sh', ['-c', `exec ${nginx.replaceAll('DIR', dir)}`], { stdio: 'ignore' });
  try {
    while ((await ask({ host: '127.0.0.1', port })).error !== null) await sleep(1);
    return (performance.now() - from) / 1000;
  } finally {
    child.kill('SIGTERM');
    rmSync(dir, { recursive: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
