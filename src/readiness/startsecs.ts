/** Ready when it has stayed up for that long: what is left where nothing can be asked. */
import type { CheckContext, RunningCheck } from './check.ts';

export function checkStartSecs(startSecs: number, { after, ready, answered }: CheckContext): RunningCheck {
  answered(`it has not been up for ${startSecs} s`);
  return { stop: after(startSecs * 1000, ready) };
}
