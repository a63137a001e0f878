/** Whether two readers' answers are the same, apart from what hupd means to do otherwise (see the deviations table). */
import assert from 'node:assert/strict';

type Answer = Readonly<Record<string, unknown>>;

/** Ours refuses what supervisord accepts in silence: a deviation each. */
const refusedByUs = [/both make a group/, /have the name/, /^Could not make .* rpc interface$/];

/** Throws if they differ. `skipped`: there is nothing to compare. */
export function compareAnswers(real: Answer, ours: Answer): 'same' | 'both refuse' | 'skipped' {
  if (real.quirky === true) return 'skipped';
  if (real.ok !== true) {
    assert.equal(ours.ok, false, `supervisord refuses: ${real.error ?? real.crash}`);
    if (real.crash === undefined) assert.equal(maskError(ours.error), maskError(real.error));
    return 'both refuse';
  }
  if (ours.ok !== true && refusedByUs.some((pattern) => pattern.test(String(ours.error)))) return 'skipped';
  assert.deepEqual(normal(ours), normal(real));
  return 'same';
}

/** supervisord goes through a set of event types in any order, and names a wrong section for the programs of a group. */
function maskError(error: unknown): string {
  return String(error)
    .replace(/^Unknown event type .* in/, 'Unknown event type ? in')
    .replace(/^\[.*\] (names unknown program|name .* is ambiguous)/, '[?] $1');
}

function normal(answer: Answer): unknown {
  const { quirky: _, ...rest } = answer;
  return JSON.parse(
    JSON.stringify(rest, (key, value: unknown) => {
      if (key.endsWith('maxbytes') && typeof value === 'number') return Math.max(0, value);
      if (key === 'rpc' && Array.isArray(value)) return value.map((one: unknown[]) => one.slice(0, 2));
      return value;
    }),
  );
}
