/** The entry of `bin/hupd`. */
import { runAs } from './daemon/run-as.ts';

const [program = 'hupd', ...args] = process.argv.slice(1);
process.exit(await runAs(program, args));
