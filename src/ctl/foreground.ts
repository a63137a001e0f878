/** A process in the foreground: its two logs as they grow, and lines of input for it. */
import { faultCodes } from '../rpc/contract.ts';
import type { CommandResult } from './command.ts';
import { type Ctl, Interrupt } from './ctl.ts';
import { faultText } from './failure.ts';
import { streamLogs } from './follow.ts';

/** Until ^C, the end of input, or the process is found gone after a line was sent; none of these is an error. */
export async function foreground(ctl: Ctl, name: string): Promise<CommandResult> {
  return ctl.terminal.untilInterrupt(async (interrupted) => {
    ctl.output('==> Press Ctrl-C to exit <==');
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, interrupted]);
    const logs = streamLogs(ctl, [`/logtail/${name}/stdout`, `/logtail/${name}/stderr`], signal);
    try {
      const failure = await passLines(ctl, name, interrupted);
      if (failure === undefined) {
        ctl.output('Exiting foreground');
      }
      return failure;
    } finally {
      over.abort();
      await logs;
    }
  });
}

/**
 * The next line is read while one is on its way: a terminal that nobody reads from is not raw, and the kernel drops a ^D that is typed
 * meanwhile. One that was read too early, the process being gone, is the shell's.
 */
async function passLines(ctl: Ctl, name: string, interrupted: AbortSignal): Promise<CommandResult> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, interrupted]);
  for (let line = await nextLine(ctl, signal); line !== null; ) {
    const next = nextLine(ctl, signal);
    const passed = await passLine(ctl, name, line);
    if (passed !== 'go on') {
      over.abort();
      const early = await next;
      if (early !== null) ctl.terminal.unreadLine(early);
      return passed;
    }
    line = await next;
  }
  return undefined;
}

async function passLine(ctl: Ctl, name: string, line: string): Promise<CommandResult | 'go on'> {
  const sent = await ctl.client.sendProcessStdin(name, `${line}\n`);
  if (!sent.ok && sent.failure.kind === 'fault') {
    const gone = sent.failure.code === faultCodes.NOT_RUNNING;
    ctl.output(gone ? 'Process got killed' : `ERROR: ${faultText(sent.failure)}`);
    return undefined;
  }
  const info = sent.ok ? await ctl.client.getProcessInfo(name) : sent;
  if (!info.ok) {
    return info.failure;
  }
  if (info.value.statename === 'RUNNING') {
    return 'go on';
  }
  ctl.output('Process got killed');
  return undefined;
}

/** Null at the end of input, and at ^C. */
async function nextLine(ctl: Ctl, signal: AbortSignal): Promise<string | null> {
  try {
    return signal.aborted ? null : await ctl.terminal.readLine('', signal);
  } catch (error) {
    if (error instanceof Interrupt) {
      return null;
    }
    throw error;
  }
}
