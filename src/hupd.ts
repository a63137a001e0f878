/** The entry of `bin/hupd`, which supervisord's small programs are too: the name by which it is called says which. Each is loaded when it is called. */
import { basename } from 'node:path';

const [program = 'hupd', ...args] = process.argv.slice(1);
switch (basename(program)) {
  case 'pidproxy': {
    const { pidProxy } = await import('./daemon/pid-proxy.ts');
    process.exit(await pidProxy(program, args));
    break;
  }
  default: {
    const { shedNodeOptions } = await import('./daemon/own-environment.ts');
    shedNodeOptions();
    const { main } = await import('./daemon/main.ts');
    process.exit(await main([program, ...args]));
  }
}
