/** What `migrate` says. Pure: text out of advice. */
import type { Advice, Change, Reload } from '../convert/advise.ts';
import type { ProgramSection } from './set-up.ts';

export interface Planned {
  readonly section: ProgramSection;
  readonly advice: Advice;
}

export function planLines(file: string, planned: readonly Planned[]): readonly string[] {
  const files = new Set(planned.map(({ section }) => section.file));
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const kinds = (kind: Reload['kind']) => planned.filter(({ advice }) => advice.reload.kind === kind).length;
  const shared = sharedChanges(planned);
  const summary = [
    `${kinds('at-once')} can have graceful reloads at once`,
    `${kinds('after')} after a change`,
    ...(kinds('chosen') > 0
      ? [`${count(kinds('chosen'), 'program')} ${kinds('chosen') === 1 ? 'says' : 'say'} already how`]
      : []),
    ...(kinds('never') > 0 ? [`${kinds('never')} ${kinds('never') === 1 ? 'is' : 'are'} restarted as before`] : []),
  ];
  return [
    `${file}: ${count(planned.length, 'program')} in ${count(files.size, 'file')}. hupd runs it as it is: without a line added, reload means restart.`,
    ...planned.flatMap((one) => programLines(one, shared)),
    '',
    ...shared.map(({ deviation, text }) => `[${deviation}]: ${text}`),
    ...(shared.length > 0 ? [''] : []),
    `${summary.join(', ')}.`,
  ];
}

/** What is true of several programs is explained once, at the end. */
function sharedChanges(planned: readonly Planned[]): readonly Change[] {
  const all = planned.flatMap(({ advice }) => advice.changes);
  const texts = all.map(({ text }) => text);
  return all.filter(({ text }, at) => texts.indexOf(text) < at && texts.lastIndexOf(text) === at);
}

function programLines({ section, advice }: Planned, shared: readonly Change[]): readonly string[] {
  const { spec, file, line } = section;
  const known = advice.server === null ? '' : ` (${advice.server})`;
  return [
    '',
    `${spec.program}${known}, ${file}:${line}`,
    ...(advice.changes.length === 0
      ? ['  under hupd: nothing changes']
      : advice.changes.map(({ text, deviation }) =>
          shared.some((change) => change.text === text)
            ? `  under hupd: [${deviation}], see below`
            : `  under hupd: ${text} [${deviation}]`,
        )),
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
