/** XML-RPC: rates and 99th percentiles with one and with eight clients, and the same client against a server that only repeats itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Figures, quantile, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { forMs, load, requestOf } from './rpc-load.ts';
import { hupd, type Life, present, type System, supervisord } from './systems.ts';

const requests: readonly (readonly [string, Buffer])[] = [
  ['getState', requestOf('supervisor.getState')],
  ['getProcessInfo', requestOf('supervisor.getProcessInfo', 'p:p0005')],
  ['getAllProcessInfo', requestOf('supervisor.getAllProcessInfo')],
];

export async function rpc({ rpcPrograms, rpcMs, rounds }: Plan): Promise<RowResult> {
  const figures = new Figures();
  const notes: string[] = [
    'echo: the same client and the same bytes against a server that sends one answer of 300 bytes again and again',
  ];
  const systems = present([hupd, supervisord], notes);
  const echo = await startEcho();
  for (const count of rpcPrograms) {
    const alive: [System, Life][] = [];
    for (const system of systems) {
      const life = await system.start({ programs: count });
      await life.begun(count);
      alive.push([system, life]);
      await load(life.socket, requests[0]?.[1] ?? Buffer.alloc(0), { clients: 1, until: forMs(300) });
    }
    for (let round = 0; round < rounds; round++) {
      for (const clients of [1, 8]) {
        for (const [method, request] of requests) {
          const subject = `${method}, ${count} programs, ${clients} client${clients === 1 ? '' : 's'}`;
          for (const [name, socket] of [
            ...alive.map(([system, life]) => [system.name, life.socket] as const),
            ['echo', echo.socket] as const,
          ]) {
            const { perSecond, latencies } = await load(socket, request, { clients, until: forMs(rpcMs) });
            figures.add(`rate of ${subject}`, name, 'a second', perSecond);
            figures.add(`p99 of ${subject}`, name, 'ms', quantile(latencies, 0.99));
          }
        }
      }
    }
    for (const [, life] of alive) await life.stop();
  }
  echo.process.kill();
  return { figures: figures.all(), notes };
}

const echoServer = `
  const { createServer } = require('node:net');
  const body = 'x'.repeat(300);
  const answer = Buffer.from('HTTP/1.1 200 OK\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body);
  const path = require('node:path').join(require('node:os').tmpdir(), 'hupd-bench-echo-' + process.pid);
  process.on('exit', () => require('node:fs').rmSync(path, { force: true }));
  process.on('SIGTERM', () => process.exit());
  createServer((socket) => socket.on('data', () => socket.write(answer)).on('error', () => {})).listen(path, () => console.log(path));`;

async function startEcho(): Promise<{ readonly process: ChildProcess; readonly socket: string }> {
  const child = spawn(process.execPath, ['-e', echoServer], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { process: child, socket: String(line).trim() };
}
