/** Waiting for a fact that has no event of its own: a file of another program, its output. Bounded; says what it waited for. */
import { setTimeout as sleep } from 'node:timers/promises';

const boundMs = 30_000;
const stepMs = 10;

/** Resolves with the first result that is neither null nor false. `describe` is added to the error when that does not come in time. */
export async function until<T>(
  what: string,
  look: () => T | null | false | Promise<T | null | false>,
  describe: () => string = () => '',
): Promise<T> {
  for (const start = performance.now(); ; ) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (performance.now() - start > boundMs) throw new Error(`waited ${boundMs} ms for ${what}\n${describe()}`);
    await sleep(stepMs);
  }
}
