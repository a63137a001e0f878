/**
 * What it costs the daemon to be looked at: 500 processes, nothing happens, and 10 dashboards and 10 full-screen views are open, half of the
 * views over http. Printed beside the same daemon with nobody there. The views are real ones, each in a tmux of its own; a dashboard is what its
 * script opens, an event stream that is read. `node build/test/bench/watchers.js [seconds of the window] [processes]`.
 */
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { freePort } from '../support/gunicorn.ts';
import { endRig, startRig } from '../support/rig.ts';
import { Tmux } from '../support/tmux.ts';

const windowSecs = Number(process.argv[2] ?? 20);
const processes = Number(process.argv[3] ?? 500);
const watchers = 10;
/** The kernel's clock ticks a second in /proc. */
const ticksPerSec = 100;

const port = await freePort();
const rig = await startRig({
  programs: `[inet_http_server]
port=127.0.0.1:${port}
[program:many]
command=/bin/sleep 100000
process_name=%(program_name)s_%(process_num)03d
numprocs=${processes}
startsecs=0
`,
  daemon: 'minfds=4096',
});
const url = `http://127.0.0.1:${port}`;
const streams: AbortController[] = [];
const views: Tmux[] = [];
try {
  await rig.until(async () => (await rig.ctl('status')).stdout.split('RUNNING').length > processes, 'all are up');
  const idle = await cpuPercent();
  let events = 0;
  for (let i = 0; i < watchers; i++) streams.push(await openDashboard(() => events++));
  const dashboards = await cpuPercent();
  const told = events;
  for (let i = 0; i < watchers; i++) {
    const server = i % 2 === 0 ? `unix://${rig.socket}` : url;
    views.push(await Tmux.start({ command: `bin/hupctl -s ${server} top`, width: 80, height: 24 }));
  }
  for (const view of views) await view.shows(/many_000/);
  const all = await cpuPercent();
  console.log(
    `${processes} processes, nothing happens; CPU of the daemon, in percent of one core, over ${windowSecs} s\n`,
  );
  console.log('| who looks | CPU |');
  console.log('| --- | --- |');
  console.log(`| nobody | ${idle.toFixed(1)} % |`);
  console.log(`| ${watchers} dashboards (${told} events read) | ${dashboards.toFixed(1)} % |`);
  console.log(`| ${watchers} dashboards and ${watchers} full-screen views | ${all.toFixed(1)} % |`);
  process.exitCode = all < 10 ? 0 : 1;
} finally {
  for (const stream of streams) stream.abort();
  for (const view of views) await view.end();
  await endRig(rig);
}

async function cpuPercent(): Promise<number> {
  await new Promise((done) => setTimeout(done, 3000)); // what has just begun settles
  const [before, begun] = [cpuTicks(), performance.now()];
  await new Promise((done) => setTimeout(done, windowSecs * 1000));
  return ((cpuTicks() - before) / ticksPerSec / ((performance.now() - begun) / 1000)) * 100;
}

/** Of all threads of the daemon, its own and the kernel's time for it. */
function cpuTicks(): number {
  const text = readFileSync(`/proc/${rig.pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Resolves when the first bytes have come. */
function openDashboard(onEvent: () => void): Promise<AbortController> {
  const controller = new AbortController();
  return new Promise((opened, failed) => {
    const request = get(`${url}/events`, { signal: controller.signal, agent: false }, (response) => {
      response.on('data', (bytes: Buffer) => {
        for (const _ of bytes.toString().matchAll(/^event:/gm)) onEvent();
        opened(controller);
      });
      response.on('error', () => {}); // the end
    });
    request.on('error', (error) => {
      if (!controller.signal.aborted) failed(error);
    });
  });
}
