/** The entry of `bin/hupd`, which is supervisord's small programs too: the name by which it is called says which. Each is loaded when it is called. */
import { writeSync } from 'node:fs';
import { basename } from 'node:path';

const [program = 'hupd', ...args] = process.argv.slice(1);
process.exit(await runAs(basename(program)));

async function runAs(name: string): Promise<number> {
  switch (name) {
    case 'pidproxy': {
      const { pidProxy } = await import('./daemon/pid-proxy.ts');
      return pidProxy(program, args);
    }
    case 'echo_supervisord_conf': {
      const { sampleConfig } = await import('./config/sample-config.ts');
      writeSync(1, sampleConfig);
      return 0;
    }
    default: {
      const { shedNodeOptions } = await import('./daemon/own-environment.ts');
      shedNodeOptions();
      const { main } = await import('./daemon/main.ts');
      return main([program, ...args]);
    }
  }
}
