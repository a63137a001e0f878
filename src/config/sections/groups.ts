/**
 * All groups: those that `[group:x]` sections make of several programs, and one for each program, listener and fcgi-program on its own. Read
 * in supervisord's order: groups, programs, event listeners, fcgi programs.
 */
import type { GroupSpec, ProcessSpec } from '../../core/spec.ts';
import { closest } from '../../util/closest.ts';
import { compareCodePoints } from '../../util/code-point-order.ts';
import { reprText } from '../../util/python-repr.ts';
import { strip } from '../../util/python-text.ts';
import { integer, processName, stringList } from '../datatypes.ts';
import type { Names } from '../expand.ts';
import { option, own } from '../option.ts';
import { oneOf } from '../own-datatypes.ts';
import type { Reading } from '../reading.ts';
import { readListenerPool } from './eventlistener.ts';
import { readFcgiSocket } from './fcgi-program.ts';
import { type ProcessesOf, readProcesses } from './processes.ts';

export const groupOptions = {
  programs: option('programs', stringList, '', 'here', 'The programs of the group, with commas.'),
  priority: option('priority', integer, '999', 'here', 'Groups with lower numbers start first and stop last.'),
  update_strategy: own(
    option(
      'update_strategy',
      oneOf('update_strategy', ['restart', 'reload']),
      null,
      'here',
      'As in a program, for those that do not say it themselves.',
    ),
  ),
} as const;

const priorityOption = option('priority', integer, '999', 'here', '');
/** Listeners start first and stop last. */
const listenerPriorityOption = option('priority', integer, '-1', 'here', '');

/** A group and the section that makes it. */
export interface MadeGroup {
  readonly section: string;
  readonly group: GroupSpec;
}

/** In the order of reading. */
export function readGroups(reading: Reading, environment: ReadonlyMap<string, string>): readonly MadeGroup[] {
  const grouped = new Set<string>();
  const made: MadeGroup[] = [];
  const each = (prefix: string, read: (section: string) => GroupSpec | null) => {
    for (const section of reading.document.sections.keys()) {
      const group = section.startsWith(prefix) && !grouped.has(section) ? read(section) : null;
      if (group !== null) made.push({ section, group });
    }
  };
  each('group:', (name) => readGroup(reading, name, environment, grouped));
  each('program:', (name) => readAlone(reading, name, environment));
  each('eventlistener:', (name) => readListener(reading, name, environment));
  each('fcgi-program:', (name) => readFcgi(reading, name, environment));
  return made;
}

/** In (priority, name) order. */
export function sortGroups(made: readonly MadeGroup[]): readonly GroupSpec[] {
  return made.map(({ group }) => group).sort((a, b) => a.priority - b.priority || compareCodePoints(a.name, b.name));
}

function onlyHere(reading: Reading): Names {
  return [new Map([['here', reading.here]])];
}

/** The part after the first colon, trimmed; refused if it cannot be a name. */
function groupName(reading: Reading, section: string): string {
  const written = section.slice(section.indexOf(':') + 1);
  const name = processName.parse(written, reading.machine);
  if (name.ok) return name.value;
  reading.section(section).refuse(null, name.error, `use ${processName.expected}`);
  return strip(written);
}

function readGroup(
  reading: Reading,
  name: string,
  environment: ReadonlyMap<string, string>,
  grouped: Set<string>,
): GroupSpec {
  const section = reading.section(name);
  const group = groupName(reading, name);
  const programs = section.read(groupOptions.programs, onlyHere(reading));
  const priority = section.read(groupOptions.priority, onlyHere(reading));
  const { sections } = reading.document;
  const processes: ProcessSpec[] = [];
  const groupUpdateStrategy = section.read(groupOptions.update_strategy, onlyHere(reading));
  for (const program of programs) {
    const plain = sections.has(`program:${program}`);
    const fcgi = sections.has(`fcgi-program:${program}`);
    if (!plain && !fcgi) {
      const known = [...sections.keys()].flatMap((other) => /^(?:fcgi-)?program:(.*)$/s.exec(other)?.[1] ?? []);
      const meant = closest(program, known);
      section.refuse(
        'programs',
        `[${name}] names unknown program or fcgi-program ${program}`,
        meant === null ? `add [program:${program}]` : `did you mean ${meant}?`,
      );
      continue;
    }
    if (plain && fcgi) {
      section.refuse(
        'programs',
        `[${name}] name ${program} is ambiguous (exists as program and fcgi-program)`,
        'rename one',
      );
    }
    const programSection = plain ? `program:${program}` : `fcgi-program:${program}`;
    grouped.add(programSection);
    const common = { section: programSection, group, groupUpdateStrategy, environment };
    processes.push(
      ...readProcesses(reading, {
        ...common,
        kind: plain ? 'program' : 'fcgi-program',
        fcgiSocket: plain ? null : readFcgiSocket(reading, programSection, program),
      }),
    );
  }
  return { kind: 'plain', name: group, priority, processes };
}

function alone(
  section: string,
  kind: ProcessSpec['kind'],
  group: string,
  environment: ReadonlyMap<string, string>,
): ProcessesOf {
  return { section, group, kind, fcgiSocket: null, groupUpdateStrategy: null, environment };
}

function readAlone(reading: Reading, name: string, environment: ReadonlyMap<string, string>): GroupSpec {
  const group = groupName(reading, name);
  const priority = reading.section(name).read(priorityOption, onlyHere(reading));
  return {
    kind: 'plain',
    name: group,
    priority,
    processes: readProcesses(reading, alone(name, 'program', group, environment)),
  };
}

/** Its name is checked with its processes, not before. */
function readListener(reading: Reading, name: string, environment: ReadonlyMap<string, string>): GroupSpec {
  const group = name.slice('eventlistener:'.length);
  const priority = reading.section(name).read(listenerPriorityOption, onlyHere(reading));
  const pool = readListenerPool(reading, name);
  const processes = readProcesses(reading, alone(name, 'eventlistener', group, environment));
  return { kind: 'eventlistener', name: group, priority, processes, ...pool };
}

/** null: its socket was refused. */
function readFcgi(reading: Reading, name: string, environment: ReadonlyMap<string, string>): GroupSpec | null {
  const group = groupName(reading, name);
  const priority = reading.section(name).read(priorityOption, onlyHere(reading));
  const socket = readFcgiSocket(reading, name, group);
  const processes = readProcesses(reading, { ...alone(name, 'fcgi-program', group, environment), fcgiSocket: socket });
  return socket === null ? null : { kind: 'fcgi', name: group, priority, processes, socket };
}

/**
 * supervisord drops the second group or process of a name without a word, and shows it as changed ever after. Said after everything that
 * supervisord says itself.
 */
export function refuseDoubles(reading: Reading, made: readonly MadeGroup[]): void {
  const makers = new Map<string, string>();
  for (const { section, group } of made) {
    const other = makers.get(group.name);
    makers.set(group.name, section);
    if (other !== undefined) {
      const error = `[${section}] and [${other}] both make a group ${reprText(group.name)}`;
      reading.section(section).refuse(null, error, 'rename one of them');
    }
    const names = new Set<string>();
    const twice = group.processes.find(({ name }) => names.size === names.add(name).size);
    if (twice !== undefined) {
      const error = `two processes of group ${reprText(group.name)} have the name ${reprText(twice.name)}`;
      reading.section(section).refuse(null, error, 'give each a process_name of its own');
    }
  }
}
