/** What the daemon does on a signal (compat 4.2). SIGUSR1 has a handler that does nothing, or node would open its debugger to the machine. */
import { daemonTexts } from '../core/log-texts.ts';
import { signalNumbers } from '../core/signals.ts';
import type { Supervisor } from '../runtime/supervisor.ts';

/** Returns a function that takes the handlers away again. SIGCHLD is the reaper's. */
export function handleSignals(supervisor: Supervisor): () => void {
  const say = ({ level, text }: ReturnType<typeof daemonTexts.started>) => supervisor.log(level, text);
  const leave = (signal: NodeJS.Signals) => {
    say(daemonTexts.exitRequest(signalNumbers.get(signal) ?? 0));
    supervisor.shutdown();
  };
  const restart = (signal: NodeJS.Signals) => {
    const number = signalNumbers.get(signal) ?? 0;
    if (supervisor.daemonState === 'SHUTDOWN') return say(daemonTexts.restartIgnored(number));
    say(daemonTexts.restartRequest(number));
    supervisor.restart();
  };
  const reopen = (signal: NodeJS.Signals) => {
    say(daemonTexts.reopenRequest(signalNumbers.get(signal) ?? 0));
    supervisor.reopenLogs();
  };
  const handlers: ReadonlyArray<readonly [NodeJS.Signals, (signal: NodeJS.Signals) => void]> = [
    ['SIGTERM', leave],
    ['SIGINT', leave],
    ['SIGQUIT', leave],
    ['SIGHUP', restart],
    ['SIGUSR2', reopen],
    ['SIGUSR1', () => {}],
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
