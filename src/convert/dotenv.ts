/** A `.env` file, as foreman reads it: `KEY=value`, in quotes or not. */
import type { Variable } from './section.ts';

/** Lines that say something else are passed over; `\n` in double quotes is a line break, another backslash there goes. */
export function parseDotenv(text: string): readonly Variable[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*?)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: unquoted(value) }];
  });
}

function unquoted(value: string): string {
  const single = /^'(.*)'$/s.exec(value)?.[1];
  if (single !== undefined) return single;
  const double = /^"(.*)"$/s.exec(value)?.[1];
  return double === undefined ? value : double.replaceAll('\\n', '\n').replace(/\\(.)/gs, '$1');
}
