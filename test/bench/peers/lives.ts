/** Whole lives, interleaved: start to the last program's first instruction; memory and wake-ups at rest; the stop. */
import { setTimeout as sleep } from 'node:timers/promises';
import { counted, Figures, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { cpuOf, family, memoryOf, sum, wakeUpsOf } from './proc.ts';
import { runNote } from './run-in-memory.ts';
import { hupd, type Life, pm2, present, runit, type System, s6, supervisord } from './systems.ts';

/** Longer than hupd waits before it gives back what its start needed. */
const settleMs = 30_000;

export async function lives({ programs, rounds, restSecs, withPm2 }: Plan): Promise<RowResult> {
  const figures = new Figures();
  const notes: string[] = [
    'start: from the spawn of the supervisor to the first instruction of its last program, by the program’s own clock; nobody asks meanwhile',
    `at rest: ${settleMs / 1000} s after the start, then ${restSecs} s are watched; wake-ups are the voluntary context switches of all its threads`,
    's6 and runit have a process of their own for each program: their memory is that of the whole family, without the programs',
    ...runNote(),
  ];
  const systems = present([hupd, supervisord, s6, runit, ...(withPm2 ? [pm2()] : [])], notes);
  if (!withPm2)
    notes.push(
      'pm2 7 is measured too with --pm2, which installs it from npm into a temporary directory (up to 100 programs)',
    );
  for (const count of programs) {
    const here = systems.filter(({ most }) => count <= most);
    const times = count >= 1000 ? Math.min(2, rounds) : rounds;
    for (let round = 0; round < times; round++) {
      const alive: [System, Life][] = [];
      for (const system of here) {
        const life = await system.start({ programs: count });
        const last = await life.begun(count);
        figures.add(`start, ${counted(count)}`, system.name, 'ms', last - life.begunAt);
        alive.push([system, life]);
      }
      if (round === 0) await atRest(count, alive, restSecs, figures);
      for (const [system, life] of alive) figures.add(`stop, ${counted(count)}`, system.name, 'ms', await life.stop());
    }
  }
  return { figures: figures.all(), notes };
}

/** Side by side: at rest nobody is in anybody's way, and what they share (node's code, libraries) is shared as on a real machine. */
async function atRest(count: number, alive: readonly [System, Life][], secs: number, figures: Figures): Promise<void> {
  await sleep(settleMs);
  const watched = alive.map(([system, life]) => ({ system, life, own: supervisors(life) }));
  const before = watched.map(({ own }) => ({ cpu: sum(own, cpuOf), wakeUps: sum(own, wakeUpsOf) }));
  await sleep(secs * 1000);
  watched.forEach(({ system, own }, index) => {
    const cpu = sum(own, cpuOf) - (before[index]?.cpu ?? 0);
    const wakeUps = sum(own, wakeUpsOf) - (before[index]?.wakeUps ?? 0);
    figures.add(`CPU at rest, ${counted(count)}`, system.name, '% of a core', (100 * cpu) / secs);
    figures.add(`wake-ups at rest, ${counted(count)}`, system.name, 'a second', wakeUps / secs);
    figures.add(
      `private memory, ${counted(count)}`,
      system.name,
      'MiB',
      sum(own, (pid) => memoryOf(pid).uss),
    );
    figures.add(
      `proportional memory, ${counted(count)}`,
      system.name,
      'MiB',
      sum(own, (pid) => memoryOf(pid).pss),
    );
  });
}

/** The supervisor and its helpers, without the programs. */
function supervisors(life: Life): readonly number[] {
  const programs = new Set(life.marks().map(({ pid }) => pid));
  return family(life.pid).filter((pid) => !programs.has(pid));
}
