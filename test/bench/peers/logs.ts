/** A child's output on its way into rotated files: the daemon's CPU, the rate, what clients feel meanwhile; and that not a byte is lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiled } from './compile.ts';
import { Figures, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { cpuOf } from './proc.ts';
import { beginLoad, listening, requestOf } from './rpc-load.ts';
import { hrtimeMs, hupd, type Life, present, puppetFile, supervisord } from './systems.ts';

const lineBytes = 100;
/** Few enough that no file is dropped from the end. */
const rotations = 40;

export async function logs({ logBlockMb, logLineMb, rounds }: Plan): Promise<RowResult> {
  const figures = new Figures();
  const notes: string[] = [
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
      for (const system of present([hupd, supervisord], round === 0 ? notes : [])) {
        const life = await system.start({
          ...{ programs: 1, args: `write ${bytes} ${size}` },
          lines: `stdout_logfile_maxbytes=${Math.ceil(bytes / (rotations - 2))}\nstdout_logfile_backups=${rotations}`,
        });
        await listening(life.socket);
        const asking = await beginLoad(life.socket, requestOf('supervisor.getState'), { clients: 1, pauseMs: 20 });
        const done = await life.begun(1);
        await allThere(life, bytes);
        const { p99 } = await asking.end();
        figures.add(`log, ${name}: CPU`, system.name, 's per GB', cpuOf(life.pid) / (bytes / 1e9));
        figures.add(`log, ${name}: rate`, system.name, 'MB/s', bytes / 1e6 / ((done - life.begunAt) / 1000));
        figures.add(`log, ${name}: RPC p99 meanwhile`, system.name, 'ms', p99);
        checkLines(life, bytes);
        await life.stop();
      }
      figures.add(`log, ${name}: rate`, 'cat >file', 'MB/s', await catRate(bytes, size));
    }
  }
  return { figures: figures.all(), notes };
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

/** MB/s */
async function catRate(bytes: number, size: number): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-bench-'));
  try {
    const script = `"$0" write ${bytes} ${size} | cat > ${dir}/log & wait`;
    const from = hrtimeMs();
    const shell = spawn('/bin/sh', ['-c', script, puppetFile()], {
      env: { PUPPET_FILE: join(dir, 'marks'), PATH: '/usr/bin:/bin' },
      detached: true,
    });
    const ended = once(shell, 'exit');
    while (sizeOf(join(dir, 'log')) < bytes) await sleep(2);
    const took = hrtimeMs() - from;
    process.kill(-(shell.pid ?? 0), 'SIGTERM'); // the writer stays, as it does under a supervisor
    await ended;
    return bytes / 1e6 / (took / 1000);
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
