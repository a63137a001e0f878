/** `hupctl status`, beside `supervisorctl status` of the same daemon, and a node that does nothing. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Figures, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { counted, hupd } from './systems.ts';

export async function status({ rpcPrograms, rounds }: Plan): Promise<RowResult> {
  const figures = new Figures();
  for (const programs of rpcPrograms) {
    const life = await hupd.start({ programs });
    await life.begun(programs);
    const commands = {
      hupd: ['bin/hupctl', '-c', join(life.dir, 'c.conf'), 'status'],
      supervisord: ['/usr/bin/supervisorctl', '-c', join(life.dir, 'c.conf'), 'status'],
      'bare node': [process.execPath, '-e', '0'],
    };
    for (let round = 0; round < 5 * rounds; round++) {
      for (const [name, [file = '', ...args]] of Object.entries(commands)) {
        const from = performance.now();
        const { stdout } = spawnSync(file, args, { encoding: 'utf8' });
        figures.add(`status, ${counted(programs)}`, name, 'ms', performance.now() - from);
        if (name !== 'bare node' && stdout.split('RUNNING').length !== programs + 1)
          throw new Error(`${name} said ${stdout}`);
      }
    }
    await life.stop();
  }
  return { figures: figures.all(), notes: [] };
}
