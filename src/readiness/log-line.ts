/**
 * Ready when a line of the generation's own output matches (`log:regex`). A line counts as soon as enough of it is there: a prompt has no
 * end of line. Colours are taken out first.
 */
import { stripAnsi } from '../core/strip-ansi.ts';
import type { CheckContext, RunningCheck } from './check.ts';

/** Of a line that does not end, so much is looked at. */
const longestLine = 64 * 1024;

export function checkLogLine(pattern: string, { onOutput, ready, answered }: CheckContext): RunningCheck {
  const regex = new RegExp(pattern, 'u');
  let passed = false;
  answered('no line of its output has matched yet');
  const endListening = onOutput(() => {
    let rest = Buffer.alloc(0);
    return (chunk) => {
      if (passed) return;
      const { lines, unended } = cut(Buffer.concat([rest, chunk]));
      rest = Buffer.from(unended.subarray(-longestLine));
      passed = [...lines, rest].some((line) => regex.test(asText(line)));
      if (passed) ready();
    };
  });
  return { stop: endListening };
}

function cut(data: Buffer): { readonly lines: readonly Buffer[]; readonly unended: Buffer } {
  const lines: Buffer[] = [];
  let from = 0;
  for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, from)) {
    lines.push(data.subarray(from, end));
    from = end + 1;
  }
  return { lines, unended: data.subarray(from) };
}

function asText(line: Buffer): string {
  return stripAnsi('text', line).data.toString().replace(/\r$/, '');
}
