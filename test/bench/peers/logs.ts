/** A child's output on its way into rotated files: the daemon's CPU, the rate, what clients feel meanwhile; and that not a byte is lost. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiled } from './compile.ts';
import { counted, Figures, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { cpuOf, family, sum } from './proc.ts';
import { beginLoad, listening, load, requestOf } from './rpc-load.ts';
import { hupd, type Life, present, puppetFile, readMarks, type System, supervisord } from './systems.ts';

const lineBytes = 100;
/** Few enough that no file is dropped from the end. */
const rotations = 40;
/** The first call of a life is about starting, which has its own rows. */
const warmUpMs = 200;

export async function logs({ logBlockMb, logLineMb, among, rounds }: Plan): Promise<RowResult> {
  const figures = new Figures();
  const notes: string[] = [
    'log: the CPU is that of the supervisor from when the writer is started, the rate is by the writer’s own clock',
    'every byte is looked for afterwards: the sizes of all files add up, and each line stands where its number says',
    'cat >file: the same writer, and cat as its reader',
  ];
  compiled('rpc-load.c'); // takes a moment, in which a writer would be done
  const kinds = [
    { name: 'writes of 100 kB', bytes: logBlockMb * 1e6, size: 100_000 },
    { name: 'line by line', bytes: logLineMb * 1e6, size: lineBytes },
  ];
  for (const { name, bytes, size } of kinds) {
    for (let round = 0; round < rounds; round++) {
      for (const programs of among) {
        const of = `, ${counted(programs)}`;
        for (const system of present([hupd, supervisord], round === 0 ? notes : [])) {
          if (programs > system.most) continue;
          const { cpuSecs, perSecond, p99 } = await logged(system, programs, bytes, size);
          figures.add(`log, ${name}: CPU${of}`, system.name, 's per GB', cpuSecs / (bytes / 1e9));
          figures.add(`log, ${name}: rate${of}`, system.name, 'MB/s', perSecond / 1e6);
          figures.add(`log, ${name}: RPC p99 meanwhile${of}`, system.name, 'ms', p99);
        }
        const { cpuSecs, perSecond } = await catted(bytes, size);
        figures.add(`log, ${name}: CPU${of}`, 'cat >file', 's per GB', cpuSecs / (bytes / 1e9));
        figures.add(`log, ${name}: rate${of}`, 'cat >file', 'MB/s', perSecond / 1e6);
      }
    }
  }
  return { figures: figures.all(), notes };
}

/** One program writes so many bytes, so many at a time; the others do nothing. What the supervisor's own start costs is not counted. */
async function logged(system: System, programs: number, bytes: number, size: number) {
  const life = await system.start({
    ...{ programs: 1, idle: programs - 1, args: `write ${bytes} ${size}` },
    lines: `autostart=false\nstdout_logfile_maxbytes=${Math.ceil(bytes / (rotations - 2))}\nstdout_logfile_backups=${rotations}`,
  });
  await listening(life.socket);
  await life.begun(programs - 1);
  const request = requestOf('supervisor.getState');
  await load(life.socket, request, warmUpMs, 1);
  const asking = await beginLoad(life.socket, request, { clients: 1, pauseMs: 5 });
  const before = cpuOf(life.pid);
  spawnSync(join('bin', 'hupctl'), ['-c', join(life.dir, 'c.conf'), 'start', 'p:p0000']);
  const begun = await life.begun(programs);
  const done = await life.begun(programs + 1);
  await allThere(life, bytes);
  const cpuSecs = cpuOf(life.pid) - before;
  const { p99 } = await asking.end();
  checkLines(life, bytes);
  await life.stop();
  return { cpuSecs, perSecond: bytes / ((done - begun) / 1000), p99 };
}

/** The writer is done before its reader is. */
async function allThere(life: Life, bytes: number): Promise<void> {
  for (
    const end = performance.now() + 60_000;
    logFiles(life).reduce((sum, { size }) => sum + size, 0) < bytes;
    await sleep(5)
  )
    if (performance.now() > end) throw new Error(`of ${bytes} bytes some never came`);
}

/** The oldest first. */
function logFiles({ dir }: Life): readonly { readonly path: string; readonly size: number }[] {
  const age = (name: string) => Number(/\.log\.(\d+)$/.exec(name)?.[1] ?? 0);
  const names = readdirSync(dir).filter((name) => /^p0000\.log/.test(name));
  return names
    .sort((a, b) => age(b) - age(a))
    .map((name) => ({ path: join(dir, name), size: statSync(join(dir, name)).size }));
}

/** Every line has its number, and stands where that says. */
function checkLines(life: Life, bytes: number): void {
  let before = 0;
  const line = Buffer.alloc(lineBytes);
  for (const { path, size } of logFiles(life)) {
    const fd = openSync(path, 'r');
    const first = Math.ceil(before / lineBytes) * lineBytes - before;
    for (let at = first; at + lineBytes <= size; at += 100 * lineBytes) {
      readSync(fd, line, 0, lineBytes, at);
      if (Number(line.toString('latin1', 0, 12)) * lineBytes !== before + at)
        throw new Error(`${path}: a line is lost before byte ${at}`);
    }
    closeSync(fd);
    before += size;
  }
  if (before !== bytes) throw new Error(`${before} bytes are in the logs, ${bytes} were written`);
}

/** The same writer, and `cat` in the supervisor's place. */
async function catted(bytes: number, size: number) {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-bench-'));
  try {
    const marks = join(dir, 'marks');
    const shell = spawn('/bin/sh', ['-c', `"$0" write ${bytes} ${size} | cat >${dir}/log & wait`, puppetFile()], {
      env: { PUPPET_FILE: marks, PATH: '/usr/bin:/bin' },
      detached: true,
    });
    const ended = once(shell, 'exit');
    while (sizeOf(join(dir, 'log')) < bytes || readMarks(marks).length < 2) await sleep(2);
    const [begun, done] = readMarks(marks);
    const cpuSecs = sum(
      family(shell.pid ?? 0).filter((pid) => pid !== begun?.pid),
      cpuOf,
    );
    process.kill(-(shell.pid ?? 0), 'SIGTERM'); // the writer stays, as it does under a supervisor
    await ended;
    return { cpuSecs, perSecond: bytes / (((done?.at ?? 0) - (begun?.at ?? 0)) / 1000) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0; // not there yet
  }
}
