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
