/**
 * Node opens its debugger, to every user of the machine, when SIGUSR1 comes before our handler is there (`bin/hupd` installs it first of all),
 * or when NODE_OPTIONS says so. Whoever wants to debug hupd says it on node's own command line.
 */
import { setImmediate } from 'node:timers/promises';

export async function closeDebugger(): Promise<void> {
  if (process.execArgv.some((arg) => arg.startsWith('--inspect'))) return;
  // A signal that came before the handler is seen twice: at once, and in the event loop's next turn, which would open it again.
  await setImmediate();
  // Undefined in a node that was built without it, where an import would fail.
  const inspector = process.getBuiltinModule('node:inspector');
  if (inspector?.url() !== undefined) inspector.close();
}
