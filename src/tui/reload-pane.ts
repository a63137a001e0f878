/**
 * A reload as it happens: for each process the old generation and the new one, what they do, a bar towards readiness, the overlap, and how it
 * ended. Of a reload of many, those that are through take one line each.
 */
import { describeFact } from '../core/reload/describe-fact.ts';
import { signalName } from '../core/signals.ts';
import { harmless, wrap } from './cells.ts';
import { type Course, coursesOf, hasEnded } from './course.ts';
import { bar, secs } from './figures.ts';
import { type Line, line, type Span, span } from './frame.ts';
import { keyOf, type Model, type ReloadRow } from './model.ts';
import { shownProcess } from './rows.ts';

/** Of a failed successor's output. */
const outputLines = 6;

/** The reload that is of interest: one of the selected process, else the newest one. */
export function shownReload(model: Model): ReloadRow | null {
  const process = shownProcess(model);
  const all = [...model.reloads.values()];
  const own = all.findLast(
    ({ id, facts }) =>
      id === process?.extras?.reloadId ||
      facts.some(({ group, name }) => group === process?.group && name === process.name),
  );
  const running = all.findLast(({ done }) => !done);
  return own ?? running ?? all.at(-1) ?? null;
}

export function reloadLines(model: Model, width: number): readonly Line[] {
  const reload = shownReload(model);
  if (reload === null) return [line(), line(span(`  ${noReload(model)}`, 'dim'))];
  const courses = coursesOf(reload);
  const many = membersOf(model, reload).length > 1;
  return [
    ...headLines(model, reload, courses, width),
    ...courses.flatMap((course) =>
      many && hasEnded(course) && course.failed === null
        ? [endedLine(course)]
        : courseLines(model, reload, course, width),
    ),
    ...outcomeLines(reload, courses, width),
  ];
}

function noReload({ canReload }: Model): string {
  return canReload
    ? 'no reload since this was opened; l reloads what is selected'
    : 'a supervisord can not reload, only restart';
}

/** Every process that the reload is about, done with it or waiting for its turn. */
function membersOf(model: Model, reload: ReloadRow): readonly string[] {
  const waiting = [...model.processes.values()].filter(({ extras }) => extras?.reloadId === reload.id).map(keyOf);
  return [...new Set([...reload.facts.map(keyOf), ...waiting])];
}

function headLines(model: Model, reload: ReloadRow, courses: readonly Course[], width: number): readonly Line[] {
  const took = (reload.done ? reload.endedAt : model.now) - reload.startedAt;
  const strategy = courses[0]?.started?.strategy;
  const head = [
    span(` ${harmless(reload.target)}`, 'bold'),
    span(`  ${strategy ?? 'reload'}`, 'dim'),
    span(`  ${secs(took)}`, 'dim'),
  ];
  const members = membersOf(model, reload).length;
  if (members < 2) return [{ spans: head }];
  const ended = courses.filter(hasEnded).length;
  const progress = barSpans(ended / members, Math.min(20, Math.max(6, width - 50)));
  return [line(...head, '  ', ...progress, span(`  ${ended} of ${members}`))];
}

function endedLine({ group, name, started, promoted, done }: Course): Line {
  const numbers = `pid ${started?.pid ?? 0} → ${done?.pid ?? promoted?.pid ?? 0}`;
  return line(
    span('   ✔ ', 'good'),
    harmless(nameOf(group, name)),
    span(`  ${numbers}, ${done?.tookSecs.toFixed(1)} s`, 'dim'),
  );
}

function courseLines(model: Model, reload: ReloadRow, course: Course, width: number): readonly Line[] {
  const title =
    coursesOf(reload).length > 1 ? [line(span(`   ${harmless(nameOf(course.group, course.name))}`, 'bold'))] : [];
  const test = course.testing !== null && course.spawned === null && !hasEnded(course);
  const lines: Line[] = [...title];
  if (test)
    lines.push(line(span('   … ', 'busy'), harmless(describeFact(course.testing ?? (reload.facts[0] as never)))));
  const old = oldLine(model, course, width);
  if (old !== null) lines.push(old);
  lines.push(...newLines(model, course, width), ...failureLines(course, width));
  if (title.length > 0 && course.done !== null) lines.push(endedLine(course));
  return lines;
}

/** The generation that serves when the reload begins. */
function oldLine(
  { now }: Model,
  { started, signalled, promoted, stopping, stopped, rolledBack, done, failed }: Course,
  width: number,
): Line | null {
  if (started === null || started.pid === 0) return null;
  const who = generationSpan('old', started.pid, started.generation);
  if (stopped !== null)
    return line(...who, span(`○ ${stopped.fact === 'stopped' ? 'stopped' : 'died'} (${stopped.status})`, 'off'));
  if (stopping !== null) {
    return line(...who, span(`◍ told to stop (${signalName(stopping.signal)}) ${secs(now - stopping.at)} ago`, 'busy'));
  }
  if (rolledBack !== null || (failed !== null && promoted === null)) return line(...who, span('● serves on', 'good'));
  if (promoted !== null) {
    const spent = now - promoted.at;
    const left = promoted.overlapSecs * 1000 - spent;
    const [...drawn] = barSpans(spent / Math.max(1, promoted.overlapSecs * 1000), barWidth(width));
    return line(...who, span('● both serve  ', 'info'), ...drawn, span(`  ${secs(left)} more`, 'dim'));
  }
  if (signalled !== null && done === null) return line(...who, span(`● sent ${signalName(signalled.signal)}`, 'info'));
  return line(...who, span('● serves', 'good'));
}

function newLines(model: Model, course: Course, width: number): readonly Line[] {
  const { spawned, waiting, ready, rolledBack, failed, done, stopped, started } = course;
  if (spawned === null)
    return waiting === null || ready !== null || done !== null || failed !== null
      ? []
      : waitingLines(model, course, width);
  const who = generationSpan('new', spawned.pid, spawned.generation);
  if (rolledBack !== null || (failed !== null && stopped === null)) return [line(...who, span('✖ given up', 'bad'))];
  if (ready !== null || done !== null) {
    const after = ready === null ? '' : `, ready after ${ready.afterSecs.toFixed(1)} s`;
    return [line(...who, span(`● serves${after}`, 'good'))];
  }
  if (failed !== null) return [line(...who, span('✖ did not come up', 'bad'))];
  if (waiting === null) return [line(...who, span(started?.strategy === 'rolling' ? '◌ boots' : '◌ starts', 'busy'))];
  const [bars = line(), ...more] = waitingLines(model, course, width);
  return [{ spans: [...who, ...bars.spans] }, ...more];
}

/** The bar is the usual time, where there was a reload before; else it is the patience. */
function waitingLines(model: Model, { group, name, waiting }: Course, width: number): readonly Line[] {
  if (waiting === null) return [];
  const spent = model.now - waiting.at;
  const usual = model.usualSecs.get(keyOf({ group, name }));
  const whole = (usual ?? waiting.timeoutSecs) * 1000;
  const of = usual === undefined ? `of at most ${waiting.timeoutSecs} s` : `of usually ${usual.toFixed(1)} s`;
  const drawn = barSpans(Math.min(spent / Math.max(1, whole), usual === undefined ? 1 : 0.97), barWidth(width));
  const answer = model.processes.get(keyOf({ group, name }))?.extras?.lastAnswer ?? '';
  const what = `${waiting.check}${answer === '' ? '' : `: ${answer}`}`;
  return [
    line(span('◌ boots  ', 'busy'), ...drawn, span(`  ${secs(spent)} ${of}`, 'dim')),
    line(
      span(
        `       ready by: ${harmless(what)}${usual === undefined ? '' : `, within ${waiting.timeoutSecs} s`}`,
        'dim',
      ),
    ),
  ];
}

function failureLines({ failed, rolledBack }: Course, width: number): readonly Line[] {
  if (failed === null) return [];
  const reason = wrap(`reload failed: ${harmless(failed.reason)}`, Math.max(20, width - 6));
  return [
    ...reason.map((text, at) => line(span(at === 0 ? '   ✖ ' : '     ', 'bad'), span(text, 'bad'))),
    ...failed.lastOutput.slice(-outputLines).map((text) => line(span('     │ ', 'dim'), harmless(text))),
    ...(rolledBack === null ? [] : [line(span('   ↩ ', 'info'), describeFact(rolledBack))]),
  ];
}

/** Where the courses do not say it themselves. */
function outcomeLines(reload: ReloadRow, courses: readonly Course[], width: number): readonly Line[] {
  if (!reload.done) return [];
  const [only] = courses.length === 1 ? courses : [];
  const text = only?.done ? describeFact(only.done) : `reloaded in ${secs(reload.endedAt - reload.startedAt)}`;
  if (reload.ok) return [line(span('   ✔ ', 'good'), text)];
  if (courses.some(({ failed }) => failed !== null)) return [];
  return wrap(harmless(reload.reason), Math.max(20, width - 6)).map((text, at) =>
    line(span(at === 0 ? '   ✖ ' : '     ', 'bad'), span(text, 'bad')),
  );
}

function generationSpan(which: string, pid: number, generation: number): readonly Span[] {
  return [span(`   ${which}  `, 'dim'), span(`pid ${pid}`), span(`  gen ${generation}  `, 'dim')];
}

function barSpans(part: number, width: number): readonly Span[] {
  const [full, rest] = bar(part, width);
  return [span(full, 'bar'), span(rest, 'barRest')];
}

function barWidth(width: number): number {
  return Math.min(30, Math.max(5, width - 66));
}

function nameOf(group: string, name: string): string {
  return group === name ? name : `${group}:${name}`;
}
