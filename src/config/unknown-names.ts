/**
 * Sections and options that nothing reads. supervisord ignores them without a word, so that a slip (`autorestat=`, `[program]`) goes
 * unnoticed; a start of hupd does too, but `--check` names them.
 */
import { closest } from '../util/closest.ts';
import { includeOptions } from './files.ts';
import type { IniSection } from './ini-document.ts';
import type { OptionRow } from './option.ts';
import type { Reading } from './reading.ts';
import { eventListenerOptions } from './sections/eventlistener.ts';
import { fcgiOptions } from './sections/fcgi-program.ts';
import { groupOptions } from './sections/groups.ts';
import { inetServerOptions, unixServerOptions } from './sections/http-server.ts';
import { programOptions } from './sections/program-options.ts';
import { reloadOptions } from './sections/reload-options.ts';
import { rpcInterfaceOptions } from './sections/rpcinterface.ts';
import { supervisorctlOptions } from './sections/supervisorctl.ts';
import { supervisordOptions } from './sections/supervisord.ts';

type Rows = Readonly<Record<string, OptionRow<never> | OptionRow>>;

export interface SectionKind {
  /** As in the manual: `[program:x]`. */
  readonly title: string;
  readonly matches: (name: string) => boolean;
  readonly options: Rows;
  /** What it does not know, it hands on to a plug-in. */
  readonly open: boolean;
}

function named(prefix: string, options: Rows, open = false): SectionKind {
  return { title: `[${prefix}:x]`, matches: (name) => name.startsWith(`${prefix}:`), options, open };
}

function single(name: string, options: Rows): SectionKind {
  return { title: `[${name}]`, matches: (other) => other === name, options, open: false };
}

function server(prefix: string, options: Rows): SectionKind {
  return { title: `[${prefix}]`, matches: (name) => name.startsWith(prefix), options, open: false };
}

/** Every section that hupd knows, with its table of options: what the manual describes. */
export const sectionKinds: readonly SectionKind[] = [
  server('unix_http_server', unixServerOptions),
  server('inet_http_server', inetServerOptions),
  single('supervisord', supervisordOptions),
  single('supervisorctl', supervisorctlOptions),
  named('program', { ...programOptions, ...reloadOptions }),
  single('include', includeOptions),
  named('group', groupOptions),
  named('fcgi-program', { ...programOptions, ...reloadOptions, ...fcgiOptions }),
  named('eventlistener', { ...programOptions, ...reloadOptions, ...eventListenerOptions }),
  named('rpcinterface', rpcInterfaceOptions, true),
  named('ctlplugin', {}, true),
];

export function findUnknown(reading: Reading): void {
  for (const section of reading.document.sections.values()) {
    const kind = sectionKinds.find(({ matches }) => matches(section.name));
    if (kind === undefined) findUnknownSection(reading, section);
    else if (!kind.open) findUnknownOptions(reading, section, kind);
  }
}

function findUnknownSection(reading: Reading, section: IniSection): void {
  const [prefix = ''] = section.name.split(':');
  const meant = closest(
    prefix,
    sectionKinds.map(({ title }) => title.replace(/^\[|:x\]$|\]$/g, '')),
  );
  const kind = sectionKinds.find(({ title }) => meant !== null && title.startsWith(`[${meant}`));
  const todo = kind === undefined ? 'remove it' : `did you mean ${kind.title}?`;
  reading.find(section, `[${section.name}]`, 'nothing reads this section', todo);
}

function findUnknownOptions(reading: Reading, section: IniSection, kind: SectionKind): void {
  const known = Object.keys(kind.options);
  for (const [name, place] of section.options) {
    if (known.includes(name)) continue;
    const meant = closest(name, known);
    const todo = meant === null ? 'remove it' : `did you mean ${meant}?`;
    reading.find(place, `${name} in [${section.name}]`, `${kind.title} has no such option`, todo);
  }
}
