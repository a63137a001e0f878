/**
 * Crashes and upgrades at random moments: a gunicorn under load, programs that number their lines, an event listener, and in a third of the
 * rounds a reload in flight. The same seed gives the same moments, as far as a machine's own time goes. For a bounded test, and for the bench.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CarryRig, missingOrDoubled } from './carry-rig.ts';
import { appText, freePort } from './gunicorn.ts';
import { failures, startLoad, summarise } from './load.ts';
import { zombiesOf } from './rig.ts';
import { until } from './until.ts';

export interface CyclesOptions {
  readonly how: 'kill' | 'upgrade';
  readonly rounds: number;
  readonly seed: number;
  readonly perSecond: number;
  readonly tell: (text: string) => void;
}

export interface CyclesResult {
  readonly requests: number;
  readonly failed: readonly string[];
  readonly slowestMs: number;
  readonly lines: number;
  /** What is wrong with the numbers of the lines. */
  readonly wrongLines: readonly string[];
  /** Programs that were started more often than they should. */
  readonly restarted: readonly string[];
  readonly zombies: number;
  readonly reloads: number;
  readonly failedReloads: readonly string[];
}

const counter =
  'import sys,time\ni=0\nwhile True:\n    i+=1\n    sys.stdout.write("line %d\\n" % i)\n    sys.stdout.flush()\n    time.sleep(0.002)\n';

export async function runCycles(options: CyclesOptions): Promise<CyclesResult> {
  const random = randomFrom(options.seed);
  const port = await freePort();
  const rig = new CarryRig({
    programs: `[program:web]
command=/usr/bin/gunicorn -w 2 -b 127.0.0.1:${port} app:app
directory=DIR
redirect_stderr=true
stdout_logfile=DIR/web.log
reload_strategy=rolling
reload_overlap=0.2
[program:count]
command=/usr/bin/python3 -S DIR/count.py
process_name=count_%(process_num)d
numprocs=3
stdout_logfile=DIR/count_%(process_num)d.log
stdout_logfile_maxbytes=0
[program:quiet]
command=/bin/cat
`,
    files: { 'app.py': appText('one', 0.2), 'count.py': counter },
  });
  try {
    await rig.start();
    await rig.all('RUNNING', 5);
    const names = ['count:count_0', 'count:count_1', 'count:count_2', 'quiet'];
    const before = await Promise.all(names.map((name) => rig.pidOf(name)));
    const load = startLoad({ target: { host: '127.0.0.1', port }, perSecond: options.perSecond, timeoutMs: 30_000 });
    let reloads = 0;
    const failedReloads: string[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      const logged = rig.log.length;
      const reloading = round % 3 === 0;
      const reload = reloading ? rig.ctl('reload', 'web') : null;
      if (reload !== null) {
        reloads++;
        await until(
          'the reload has begun',
          () => /web: reload \(rolling\)/.test(rig.log.slice(logged)),
          () => rig.log.slice(logged),
        );
      }
      await sleep(random() * (reloading ? 900 : 400));
      if (options.how === 'kill') await rig.killAndStart();
      else assert.equal((await rig.ctl('upgrade')).stdout, 'upgraded\n', rig.log.slice(-3000));
      const outcome = await reload;
      if (outcome !== null && outcome.status !== 0) failedReloads.push(outcome.stdout + outcome.stderr);
      if (round % 10 === 0) options.tell(`${options.how}: round ${round} of ${options.rounds}`);
    }
    const answers = await load.stop();
    const after = await Promise.all(names.map((name) => rig.pidOf(name)));
    const zombies = zombiesOf(rig.pid).length;
    await rig.ctl('stop', 'count:*');
    const texts = [0, 1, 2].map((number) => rig.read(`count_${number}.log`));
    return {
      requests: answers.length,
      failed: failures(answers),
      slowestMs: summarise(answers).slowestMs,
      lines: texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0),
      wrongLines: texts.flatMap((text) => missingOrDoubled(text) ?? []),
      restarted: names.filter((_, index) => before[index] !== after[index]),
      zombies,
      reloads,
      failedReloads,
    };
  } finally {
    await rig.end();
  }
}

/** mulberry32: small, and the same everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
