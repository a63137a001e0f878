/** Times as systemd writes them: `90`, `5min 20s`, `1h`, `infinity`. */

const secsOf: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
};

/** Seconds; null: not understood. */
export function parseTimeSpan(text: string): number | null {
  const compact = text.trim();
  if (compact === 'infinity') return Number.POSITIVE_INFINITY;
  if (!/^(?:\d+(?:\.\d+)?\s*[a-z]*\s*)+$/.test(compact)) return null;
  let secs = 0;
  for (const [, number = '', unit = ''] of compact.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)) {
    const factor = secsOf[unit === '' ? 's' : unit];
    if (factor === undefined) return null;
    secs += Number(number) * factor;
  }
  return secs;
}
