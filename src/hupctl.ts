/** The entry of `bin/hupctl`. */
import { main } from './ctl/main.ts';
import { version } from './version.ts';

process.exitCode = await main(process.argv.slice(2), process.argv[1] ?? 'hupctl', version);
