/** The entry of `bin/hupctl`. Built as CommonJS, in one file: Node starts that several milliseconds sooner. */
import { main } from './ctl/main.ts';
import { version } from './version.ts';

// Nothing is left to write then, and an open stdin must not keep the process.
void main(process.argv.slice(2), process.argv[1] ?? 'hupctl', version).then((status) => process.exit(status));
