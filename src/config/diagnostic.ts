/**
 * What is wrong with a configuration, for people: which file and line, what, why and what to do. `hupd --check` prints all of it;
 * a normal start prints only the first error, in supervisord's own words.
 */

export interface Diagnostic {
  /** An error stops the start; a warning does not. */
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** From 1. 0: the file as a whole. */
  readonly line: number;
  readonly what: string;
  readonly why: string;
  readonly todo: string;
}

/** `conf.d/web.conf:7: stopsignal=TREM in [program:web]: value 'TREM' is not a valid signal name; did you mean TERM?` */
export function formatDiagnostic({ severity, file, line, what, why, todo }: Diagnostic): string {
  const place = line === 0 ? file : `${file}:${line}`;
  const kind = severity === 'warning' ? 'warning: ' : '';
  return `${place}: ${kind}${what}: ${why}${todo === '' ? '' : `; ${todo}`}`;
}

/** The word that was probably meant, or null. One slip for every three letters, at most two. */
export function closest(word: string, candidates: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let least = Math.min(2, Math.ceil(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const slips = distance(wanted, candidate.toLowerCase());
    if (slips < least) {
      least = slips;
      best = candidate;
    }
  }
  return best;
}

/** Letters left out, put in, replaced or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, (beforeLast[j - 2] ?? 0) + 1);
      row.push(slips);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
