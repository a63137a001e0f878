/**
 * Of a failed successor's output, what tells most: its last lines, and before them what an earlier traceback ended with. A server that gives
 * up often has a traceback of its own to print after the program's, and the program's is the reason.
 */

/** `RuntimeError: no such feature`, `django.core.exceptions.ImproperlyConfigured: ...`, `TypeError: x is not a function`. */
const exception = /^(?:[A-Za-z_][\w]*\.)*[A-Z]\w*(?:Error|Exception|Exit|NotFound|Configured|Warning)\b(?::|$)/;
const exceptionsShown = 3;

/** At most `count` lines of the end, oldest first, and up to three exceptions from before them with a line of dots. */
export function tellingOutput(lines: readonly string[], count: number): readonly string[] {
  const end = lines.slice(Math.max(0, lines.length - count));
  const before = lines
    .slice(0, lines.length - end.length)
    .filter((line) => exception.test(line) && !end.includes(line));
  const told = [...new Set(before)].slice(-exceptionsShown);
  return told.length === 0 ? end : [...told, '...', ...end];
}
