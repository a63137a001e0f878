/** The entry of `bin/hupd`. */
import { runAs } from './daemon/run-as.ts';

const [program = 'hupd', ...args] = process.argv.slice(1);
void runAs(program, args).then((status) => process.exit(status));
