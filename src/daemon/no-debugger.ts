/**
 * Node opens its debugger, to every user of the machine, when SIGUSR1 comes before our handler is there (`bin/hupd` installs it first of all),
 * or when NODE_OPTIONS says so. Whoever wants to debug hupd says it on node's own command line.
 */
export async function closeDebugger(): Promise<void> {
  if (process.execArgv.some((arg) => arg.startsWith('--inspect'))) return;
  try {
    const inspector = await import('node:inspector');
    if (inspector.url() !== undefined) inspector.close();
  } catch {
    // a node that was built without it
  }
}
