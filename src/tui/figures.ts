/** Numbers as a narrow column shows them. What is not known is `-`. */

/** `12s`, `5m03s`, `2h10m`, `3d04h`, `412d`. */
export function shortSpan(ms: number): string {
  const secs = Math.max(0, Math.floor(ms / 1000));
  if (secs < 60) return `${secs}s`;
  if (secs < 3600) return `${Math.floor(secs / 60)}m${two(secs % 60)}s`;
  if (secs < 86_400) return `${Math.floor(secs / 3600)}h${two(Math.floor(secs / 60) % 60)}m`;
  const days = Math.floor(secs / 86_400);
  return days < 100 ? `${days}d${two(Math.floor(secs / 3600) % 24)}h` : `${days}d`;
}

/** `812K`, `12.3M`, `1.2G`; four or five characters. */
export function shortBytes(bytes: number | null): string {
  if (bytes === null) return '-';
  let value = bytes / 1024;
  for (const unit of ['K', 'M', 'G', 'T']) {
    if (value < 9.95 && unit !== 'K') return `${value.toFixed(1)}${unit}`;
    if (value < 1000 || unit === 'T') return `${Math.round(value)}${unit}`;
    value /= 1024;
  }
  return '-';
}

/** `0.3`, `12.1`, `153`. */
export function shortPercent(percent: number | null): string {
  if (percent === null) return '-';
  return percent < 99.95 ? percent.toFixed(1) : percent.toFixed(0);
}

/** `4.1 s`, `61 s`. */
export function secs(ms: number): string {
  const value = Math.max(0, ms) / 1000;
  return `${value < 59.95 ? value.toFixed(1) : value.toFixed(0)} s`;
}

/** `10:02:03`, local; with the day when it is not `now`'s. */
export function clock(wall: number, now: number): string {
  const date = new Date(wall);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** `width` cells, `part` (0 to 1) of them full. */
export function bar(part: number, width: number): readonly [full: string, rest: string] {
  const full = Math.round(Math.min(1, Math.max(0, part)) * width);
  return ['█'.repeat(full), '░'.repeat(width - full)];
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
