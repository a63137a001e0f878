/** From the SIGKILL of a program to the first instruction of the next one, startsecs=0; and what the same start costs without a supervisor. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counted, Figures, median, quantile, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { hrtimeMs, hupd, present, puppetFile, runit, s6, supervisord } from './systems.ts';

/** The others take a second for each. */
const slowOnes = 10;

export async function crash({ crashes, among }: Plan): Promise<RowResult> {
  const figures = new Figures();
  const notes: string[] = ['fork+exec: the same program started by a C program, one after another'];
  figures.add('start without a supervisor', 'fork+exec', 'ms', ...bareStarts(crashes));
  const systems = present([hupd, supervisord, s6, runit], notes);
  for (const programs of among) {
    for (const system of systems.filter(({ most }) => programs <= most)) {
      const life = await system.start({ programs, lines: 'autorestart=true' });
      const times: number[] = [];
      await life.begun(programs);
      for (let count = 1; count <= (system === hupd ? crashes : Math.min(slowOnes, crashes)); count++) {
        const from = hrtimeMs();
        process.kill(life.marks().at(-1)?.pid ?? 0, 'SIGKILL');
        times.push((await life.begun(programs + count)) - from);
      }
      await life.stop();
      figures.add(`crash to next start, median, ${counted(programs)}`, system.name, 'ms', ...times);
      const slowest = system === hupd ? quantile(times, 0.99) : median(times);
      const subject = `crash to next start, p99 (of the others the median), ${counted(programs)}`;
      figures.add(subject, system.name, 'ms', slowest);
    }
  }
  return { figures: figures.all(), notes };
}

function bareStarts(count: number): readonly number[] {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-bench-'));
  try {
    const marks = join(dir, 'marks');
    spawnSync(puppetFile(), ['forks', `${count}`], { env: { PUPPET_FILE: marks } });
    const times = readFileSync(marks, 'latin1')
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ')[1]) / 1e6);
    return times.flatMap((at, index) => (index % 2 === 0 ? [(times[index + 1] ?? at) - at] : []));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
