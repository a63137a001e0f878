/**
 * The drop-ins of a unit, as systemd merges them (systemd.unit(5)): `web.service.d/*.conf` and those of the names that it is one of. Of files with one
 * name the first directory's is read alone; then the order is that of the names.
 */
import { basename } from '../util/posix-path.ts';
import type { Surroundings } from './section.ts';
import { parseUnitName, type UnitName } from './unit-file.ts';

/** Where systemd looks for units, the first winning. A unit from one of them has drop-ins in all. */
const unitPath = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((top) => `${top}/systemd/system`);

export interface DropIns {
  /** Absolute, in the order in which they add to the unit. */
  readonly files: readonly string[];
  readonly texts: readonly string[];
}

/** `fileName`: the unit's, with the instance in it. */
export function dropInsOf(
  directory: string,
  fileName: string,
  { read, list }: Pick<Surroundings, 'read' | 'list'>,
  path: readonly string[] = unitPath,
): DropIns {
  const places = path.includes(directory) ? path : [directory];
  const suffix = fileName.slice(fileName.lastIndexOf('.') + 1);
  const own = namesOf(parseUnitName(fileName)).map((name) => `${name}.${suffix}.d`);
  const folders = [own, [`${suffix}.d`]].flatMap((names) =>
    places.flatMap((place) => names.map((name) => `${place}/${name}`)),
  );
  const byName = new Map<string, string>();
  for (const folder of folders) {
    for (const name of list(folder).filter((it) => it.endsWith('.conf') && !it.startsWith('.'))) {
      if (!byName.has(name)) byName.set(name, `${folder}/${name}`);
    }
  }
  const found = [...byName.values()].flatMap((file) => {
    const text = read(file);
    return text === null || text === '' ? [] : [{ file, text }]; // a link to /dev/null masks
  });
  found.sort((a, b) => (basename(a.file) < basename(b.file) ? -1 : 1));
  return { files: found.map(({ file }) => file), texts: found.map(({ text }) => text) };
}

/** An instance is one of its template, `a-b-c` one of `a-b-` and that of `a-`. */
function namesOf({ prefix, instance }: Pick<UnitName, 'prefix' | 'instance'>): readonly string[] {
  const chopped = /^(.+-)[^-]+-*$/.exec(prefix)?.[1];
  return [
    instance === null ? prefix : `${prefix}@${instance}`,
    ...(instance === null || instance === '' ? [] : namesOf({ prefix, instance: '' })),
    ...(chopped === undefined ? [] : namesOf({ prefix: chopped, instance: instance === '' ? null : instance })),
  ];
}
