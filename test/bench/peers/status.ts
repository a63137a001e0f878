/** `hupctl status`, beside `supervisorctl status` of the same daemon, and a node that does nothing. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { counted, Figures, type RowResult } from './figures.ts';
import type { Plan } from './plan.ts';
import { hupd } from './systems.ts';

/** Node 20 reads the certificates that this names at every start, which takes it longer than all else; nobody here needs one. */
const { NODE_EXTRA_CA_CERTS: certificates, ...env } = process.env;

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
        const { stdout } = spawnSync(file, args, { encoding: 'utf8', env });
        figures.add(`status, ${counted(programs)}`, name, 'ms', performance.now() - from);
        if (name !== 'bare node' && stdout.split('RUNNING').length !== programs + 1)
          throw new Error(`${name} said ${stdout}`);
      }
    }
    await life.stop();
  }
  const notes =
    certificates === undefined
      ? []
      : ['status: all ran without NODE_EXTRA_CA_CERTS, which makes each start of node dearer'];
  return { figures: figures.all(), notes };
}
