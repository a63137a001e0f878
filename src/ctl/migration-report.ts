/** What `migrate` says. Pure: text out of advice. */
import type { Advice, Reload } from '../convert/advise.ts';
import type { ProgramSection } from './set-up.ts';

export interface Planned {
  readonly section: ProgramSection;
  readonly advice: Advice;
}

export function planLines(file: string, planned: readonly Planned[]): readonly string[] {
  const files = new Set(planned.map(({ section }) => section.file));
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const kinds = (kind: Reload['kind']) => planned.filter(({ advice }) => advice.reload.kind === kind).length;
  const summary = [
    `${kinds('at-once')} can have graceful reloads at once`,
    `${kinds('after')} after a change`,
    ...(kinds('chosen') > 0 ? [`${count(kinds('chosen'), 'program')} say already how`] : []),
    ...(kinds('never') > 0 ? [`${count(kinds('never'), 'event listener')} restart as before`] : []),
  ];
  return [
    `${file}: ${count(planned.length, 'program')} in ${count(files.size, 'file')}. hupd runs it as it is: without a line added, reload means restart.`,
    ...planned.flatMap(programLines),
    '',
    `${summary.join(', ')}.`,
  ];
}

function programLines({ section, advice }: Planned): readonly string[] {
  const { spec, file, line } = section;
  const known = advice.server === null ? '' : ` (${advice.server})`;
  return [
    '',
    `${spec.program}${known}, ${file}:${line}`,
    ...(advice.changes.length === 0
      ? ['  under hupd: nothing changes']
      : advice.changes.map(({ text, deviation }) => `  under hupd: ${text} [${deviation}]`)),
    ...reloadLines(section.name, advice.reload),
  ];
}

function reloadLines(section: string, reload: Reload): readonly string[] {
  switch (reload.kind) {
    case 'chosen':
      return [`  reload: ${reload.strategy}, as it says`, ...reload.needs.map((need) => `    look at: ${need}`)];
    case 'at-once':
      return [
        `  reload: graceful at once: ${reload.why}`,
        ...reload.needs.map((need) => `    look at: ${need}`),
        ...toAdd(section, reload.lines, 'add to'),
      ];
    case 'after':
      return [
        '  reload: graceful after a change',
        ...reload.needs.map((need) => `    needs: ${need}`),
        ...toAdd(section, reload.lines, 'then add to'),
      ];
    case 'never':
      return [`  reload: restart; ${reload.why}`];
  }
}

function toAdd(section: string, lines: readonly string[], verb: string): readonly string[] {
  return [`    ${verb} [${section}]:`, ...lines.map((line) => `      ${line}`)];
}
