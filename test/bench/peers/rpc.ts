/** XML-RPC: rates and 99th percentiles with one and with eight clients, and the same clients against a server that only repeats itself. */
import { Figures, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { cpuOf } from './proc.ts';
import { type LoadResult, load, requestOf, startEcho } from './rpc-load.ts';
import { hupd, type Life, present, type System, supervisord } from './systems.ts';

const requests: readonly (readonly [string, Buffer])[] = [
  ['getState', requestOf('supervisor.getState')],
  ['getProcessInfo', requestOf('supervisor.getProcessInfo', 'p:p0005')],
  ['getAllProcessInfo', requestOf('supervisor.getAllProcessInfo')],
];

/** Five descriptors for each program; where no process may have more than 20,000, more programs have one log file each, which takes three. */
const mostByDefault = 3500;

export async function rpc({ rpcPrograms, rpcMs, rounds }: Plan): Promise<RowResult> {
  const figures = new Figures();
  const notes: string[] = [
    'calls: each client is a process of its own, written in C, with a kept connection to the unix socket; the programs log as they do when nothing is said about it (above 3,500 of them into one file each, for want of descriptors)',
    'echo: the same clients against a server in C that sends one answer of 300 bytes again and again: what the load generator can do',
  ];
  const systems = present([hupd, supervisord], notes);
  const echo = await startEcho();
  for (const count of rpcPrograms) {
    const alive: [System, Life][] = [];
    for (const system of systems.filter(({ most }) => count <= most)) {
      const life = await system.start({ programs: count, output: count > mostByDefault ? 'one file' : 'by default' });
      await life.begun(count);
      alive.push([system, life]);
      for (const [, request] of requests) await load(life.socket, request, 300, 8);
    }
    for (let round = 0; round < rounds; round++) {
      for (const clients of [1, 8]) {
        for (const [method, request] of requests) {
          const subject = `${method}, ${count} programs, ${clients} client${clients === 1 ? '' : 's'}`;
          const add = (name: string, { perSecond, p99 }: LoadResult) => {
            figures.add(`rate of ${subject}`, name, 'a second', perSecond);
            figures.add(`p99 of ${subject}`, name, 'ms', p99);
          };
          for (const [{ name }, { socket, pid }] of alive) {
            const before = cpuOf(pid);
            const result = await load(socket, request, rpcMs, clients);
            add(name, result);
            figures.add(`CPU of ${subject}`, name, 'µs a call', ((cpuOf(pid) - before) / result.answers) * 1e6);
          }
          add('echo', await load(echo.socket, request, rpcMs, clients));
        }
      }
    }
    for (const [, life] of alive) await life.stop();
  }
  echo.stop();
  return { figures: figures.all(), notes };
}
