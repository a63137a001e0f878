/** What a moving line is made of. Pure. */

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

export function spinner(nowMs: number): string {
  return frames[Math.floor(nowMs / 100) % frames.length] ?? '';
}

/** `[####------]`, `width` between the brackets; '' where there is no room. */
export function bar(share: number, width: number): string {
  if (width < 5) {
    return '';
  }
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}

export interface Counts {
  readonly done: number;
  readonly total: number;
  readonly what: string;
  /** Who is waited for; '' for nobody. */
  readonly who: string;
}

/** `⠋ [#####----------] 4 of 12 started, waiting for web:web_3 (STARTING 2 s)`. */
export function manyLine({ done, total, what, who }: Counts, nowMs: number, width: number): string {
  const waiting = who === '' ? '' : `, waiting for ${who}`;
  const room = Math.max(0, width - 1);
  const drawn = bar(done / total, Math.min(20, Math.floor(width / 4)));
  return `${spinner(nowMs)} ${drawn}${drawn === '' ? '' : ' '}${done} of ${total} ${what}${waiting}`.slice(0, room);
}
