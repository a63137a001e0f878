/**
 * Ready when a command of the user's exits with 0. It is run again and again, with a pause, as the program's user and with its environment and
 * directory; `MAINPID` tells it which process is asked about.
 */
import { describeExit } from '../core/exit-status.ts';
import type { CheckContext, RunningCheck } from './check.ts';

const pauseMs = 250;

export function checkExec(command: string, { after, run, ready, notReady, answered }: CheckContext): RunningCheck {
  let end = () => {};
  const ask = (): void => {
    const started = run(command, (status, lastLine) => {
      if (status.kind === 'exit' && status.code === 0) return ready();
      answered(`${describeExit(status)}${lastLine === null ? '' : `: ${lastLine}`}`);
      end = after(pauseMs, ask);
    });
    if (!started.ok) return notReady(started.problem);
    end = started.kill;
  };
  answered('the command has not ended yet');
  ask();
  return { stop: () => end() };
}
