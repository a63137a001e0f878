/** hupd is supervisord's small programs too: the name by which it is called says which. Each is loaded when it is called. */
import { writeSync } from 'node:fs';
import { basename } from 'node:path';

/** Resolves with the exit status. */
export async function runAs(program: string, args: readonly string[]): Promise<number> {
  switch (basename(program)) {
    case 'pidproxy': {
      const { pidProxy } = await import('./pid-proxy.ts');
      return pidProxy(program, args);
    }
    case 'echo_supervisord_conf': {
      const { sampleConfig } = await import('../config/sample-config.ts');
      writeSync(1, sampleConfig);
      return 0;
    }
    default: {
      const { shedNodeOptions } = await import('./own-environment.ts');
      shedNodeOptions();
      const { main } = await import('./main.ts');
      return main([program, ...args]);
    }
  }
}
