/** A unit on its way to a section: what each part of the conversion reads from and adds to. */
import { type ExecLine, parseExec } from './unit-command.ts';
import type { UnitFile } from './unit-file.ts';

export interface Draft {
  readonly unit: UnitFile;
  readonly expand: (text: string) => string;
  readonly options: [string, string][];
  readonly notes: string[];
}

export function service({ unit }: Draft, key: string): string | undefined {
  return unit.last('Service', key);
}

export function execLines({ unit, expand }: Draft, key: string): readonly ExecLine[] {
  return unit.all('Service', key).flatMap((value) => parseExec(value, expand));
}
