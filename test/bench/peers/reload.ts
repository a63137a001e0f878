/** Rolling reloads of nginx: what hupd adds to the server's own boot and the overlap; and what 2,000 requests a second feel of ten of them a minute. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/gunicorn.ts';
import { ask } from '../../support/load.ts';
import { missing } from '../../support/needs.ts';
import { endRig, startRig } from '../../support/rig.ts';
import { compiled } from './compile.ts';
import { counted, Figures, quantile, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { idlePrograms, readMarks } from './systems.ts';

const perSecond = 2000;
const reloadEverySecs = 6;
const overlapSecs = 0.5;
const nginx = '/usr/sbin/nginx -p DIR -c DIR/nginx.conf -g "daemon off; pid DIR/nginx.pid; error_log stderr;"';
const config = (port: number) =>
  `events{}\nhttp { access_log off; server { listen 127.0.0.1:${port}; return 200 "v1"; } }\n`;

export async function reload({ rounds, loadSecs, among }: Plan): Promise<RowResult> {
  const figures = new Figures();
  const absent = missing([{ command: 'nginx', apt: 'nginx-light' }]);
  if (absent !== null) return { figures: [], notes: [`reload was not run: ${absent}`] };
  const notes = [
    `requests during reloads: one reload every ${reloadEverySecs} s, against the same time without one; each request on a new connection, timed from when it was due`,
    'reload: what `hupctl history` says that it took, less the overlap and the median of what nginx alone takes from its start to its first answer',
  ];
  const boots: number[] = [];
  for (let round = 0; round < 3 * rounds; round++) boots.push(await bootSecs());
  for (const programs of among) await reloadAmong(programs, quantile(boots, 0.5), { rounds, loadSecs }, figures);
  return { figures: figures.all(), notes };
}

async function reloadAmong(
  programs: number,
  ownBootSecs: number,
  { rounds, loadSecs }: Pick<Plan, 'rounds' | 'loadSecs'>,
  figures: Figures,
): Promise<void> {
  const of = `, ${counted(programs)}`;
  const port = await freePort();
  const rig = await startRig({
    programs: `[program:web]\ncommand=${nginx}\ndirectory=DIR\nreload_strategy=rolling\nreload_overlap=${overlapSecs}\n${idlePrograms(programs - 1, 'environment=PUPPET_FILE=DIR/marks')}`,
    files: { 'nginx.conf': config(port), marks: '' },
    daemon: 'minfds=20000',
  });
  try {
    const target = { host: '127.0.0.1', port };
    await rig.until(async () => (await ask(target)).error === null, 'nginx answers');
    await rig.until(() => readMarks(join(rig.dir, 'marks')).length === programs - 1, 'the others have begun');
    const reloadOnce = async () => {
      const { status, stdout } = await rig.ctl('reload', 'web');
      if (status !== 0) throw new Error(`reload failed:\n${stdout}`);
    };
    const tookSecs = async () => {
      const { stdout } = await rig.ctl('history', '--json', 'web'); // to the microsecond
      return Number([...stdout.matchAll(/"tookSecs": ([\d.]+)/g)].at(-1)?.[1]);
    };
    await rig.logged(/success: web/); // what is still starting is replaced without an overlap
    for (let round = 0; round < 3 * rounds; round++) {
      await reloadOnce();
      figures.add(`reload overhead${of}`, 'hupd', 'ms', 1000 * ((await tookSecs()) - overlapSecs - ownBootSecs));
    }
    for (let round = 0; round < rounds; round++) {
      for (const reloads of [false, true]) {
        const system = reloads ? 'hupd' : 'no reload';
        const client = steadyClient(port, 1000 * loadSecs);
        if (reloads) {
          const begun = performance.now();
          for (let done = 0; done < loadSecs / reloadEverySecs; done++) {
            await sleep((0.2 + done) * reloadEverySecs * 1000 - (performance.now() - begun));
            await reloadOnce();
          }
        }
        const { failed, lateMs, latencies } = await client;
        const subject = `p99.9 of ${perSecond} requests/s during reloads${of}`;
        figures.add(subject, system, 'ms', quantile(latencies, 0.999));
        figures.add(`requests that failed${of}`, system, 'of all', failed);
        figures.add(`the client was late by at most${of}`, system, 'ms', lateMs);
      }
    }
  } finally {
    await endRig(rig);
  }
}

async function steadyClient(port: number, ms: number) {
  const client = spawn(compiled('steady.c'), [`${port}`, `${perSecond}`, `${ms}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [failed = '', late = '', ...latencies] = (await text(client.stdout)).trim().split('\n');
  const last = (line: string) => Number(/\d+$/.exec(line)?.[0]);
  return { failed: last(failed), lateMs: last(late) / 1e6, latencies: latencies.map((ns) => Number(ns) / 1e6) };
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
