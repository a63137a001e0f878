/** A log as it grows: `tail -f`, `maintail -f`, and the output half of `fg`. */
import type { CommandResult } from './command.ts';
import type { Ctl } from './ctl.ts';
import { describe } from './failure.ts';

/** Streams until the server ends it or ^C; either way nothing has failed. */
export async function follow(ctl: Ctl, paths: readonly string[]): Promise<CommandResult> {
  await ctl.terminal.untilInterrupt(async (signal) => {
    ctl.output('==> Press Ctrl-C to exit <==');
    await streamLogs(ctl, paths, signal);
    if (signal.aborted) {
      ctl.output('');
    }
  });
  return undefined;
}

/** What cannot be followed is said on stderr, and is not the end of the others. Bytes go out as they come. */
export async function streamLogs(ctl: Ctl, paths: readonly string[], signal: AbortSignal): Promise<void> {
  const url = ctl.settings.serverUrl;
  await Promise.all(
    paths.map(async (path) => {
      const reply = await ctl.client.stream(path, (chunk) => ctl.terminal.write(chunk), signal);
      if (!reply.ok && reply.failure.kind === 'http') {
        ctl.terminal.writeError(`${url}${path} Cannot read, status code ${reply.failure.status}\n`);
      } else if (!reply.ok) {
        const { type, message } = describe(reply.failure);
        ctl.terminal.writeError(`${url}${path} Cannot connect, error: <class '${type}'> (${message})\n`);
      }
    }),
  );
}
