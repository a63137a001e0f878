/** What a daemon that was started with `settles` holds, after it has collected all its garbage. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openFds, type Rig } from './rig.ts';

/** On SIGWINCH: collects all garbage, and writes into a file what is left. */
const settle = `require('node:v8').setFlagsFromString('--expose-gc');
const gc = require('node:vm').runInNewContext('gc');
process.on('SIGWINCH', () => {
  gc();
  gc();
  const { writeFileSync, renameSync } = require('node:fs');
  writeFileSync(__dirname + '/settled.new', JSON.stringify(process.memoryUsage()));
  renameSync(__dirname + '/settled.new', __dirname + '/settled');
});
`;

/** For `startRig`. */
export const settles = { files: { 'settle.cjs': settle }, nodeFlags: ['--require', 'DIR/settle.cjs'] } as const;

export interface Held {
  /** MiB in use, on the heap and outside it. */
  readonly used: number;
  /** MiB that the kernel has given. */
  readonly rss: number;
  readonly descriptors: number;
}

export async function held(rig: Rig): Promise<Held> {
  rmSync(join(rig.dir, 'settled'), { force: true });
  process.kill(rig.pid, 'SIGWINCH');
  const text = await rig.until(() => rig.read('settled') || null, 'the garbage is collected');
  const usage = JSON.parse(text) as NodeJS.MemoryUsage;
  return {
    used: inMiB(usage.heapUsed + usage.external),
    rss: inMiB(usage.rss),
    descriptors: openFds(rig.pid),
  };
}

const inMiB = (bytes: number) => Math.round((100 * bytes) / (1024 * 1024)) / 100;
