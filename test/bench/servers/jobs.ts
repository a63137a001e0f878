/**
 * Jobs instead of requests: files of a directory, one after the other, so many a second. A job that was done once is an answer; one that was
 * taken and not done is lost, one that was done again is done twice: both failed.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Load } from '../../support/load.ts';
import type { Rig } from '../../support/rig.ts';

/** After the last job: what is not done by then is lost. */
const patienceMs = 10_000;
const lookMs = 10;

interface Job {
  readonly at: number;
  done: number;
}

export function prepareQueue(dir: string): void {
  for (const name of ['queue', 'taken', 'made']) mkdirSync(join(dir, name), { recursive: true });
}

let lastJob = 0;

export function startJobs({ dir }: Rig, perSecond: number): Load {
  const jobs = new Map<string, Job>();
  const answers: Answer[] = [];
  const began = performance.now();
  let made = 0;
  let read = doneLines(dir).length;
  let latestMs = 0;
  const look = () => {
    const lines = doneLines(dir);
    for (const line of lines.slice(read)) {
      const [id = '', version = ''] = line.split(' ');
      const job = jobs.get(id);
      if (job === undefined) continue;
      job.done += 1;
      const error = job.done === 1 ? null : 'done twice';
      answers.push({ at: job.at, ms: performance.now() - job.at, error, body: version, reused: false });
    }
    read = lines.length;
  };
  const turn = () => {
    const ms = performance.now() - began;
    const due = Math.floor((ms / 1000) * perSecond);
    if (made < due) latestMs = Math.max(latestMs, ms - ((made + 1) / perSecond) * 1000);
    for (; made < due; made++) jobs.set(make(dir), { at: performance.now(), done: 0 });
    look();
  };
  const timer = setInterval(turn, lookMs);
  return {
    answers,
    get latestMs() {
      return latestMs;
    },
    stop: async () => {
      clearInterval(timer);
      const until = performance.now() + patienceMs;
      while ([...jobs.values()].some(({ done }) => done === 0) && performance.now() < until) {
        await sleep(lookMs);
        look();
      }
      for (const { at, done } of jobs.values()) {
        if (done === 0) answers.push({ at, ms: performance.now() - at, error: 'lost', body: '', reused: false });
      }
      return answers;
    },
  };
}

/** A worker never sees half a job: it is renamed into the queue. Returns its id. */
function make(dir: string): string {
  lastJob += 1;
  const id = String(lastJob).padStart(8, '0');
  writeFileSync(join(dir, 'made', id), '');
  renameSync(join(dir, 'made', id), join(dir, 'queue', id));
  return id;
}

function doneLines(dir: string): readonly string[] {
  try {
    return readFileSync(join(dir, 'done'), 'utf8').split('\n').slice(0, -1);
  } catch {
    return []; // none is done yet
  }
}
