/** The daemon's program. Only wires; each step is in `daemon/`. */
import { main } from './daemon/main.ts';

process.exit(await main(process.argv.slice(1)));
