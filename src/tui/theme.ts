/** Roles as a terminal draws them: the sixteen colours that every theme of a terminal chooses for itself, and ASCII where there is nothing else. */
import type { Role } from './frame.ts';

export interface Look {
  /** 0 to 15; null: the terminal's own. */
  readonly colour: number | null;
  readonly bold: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

const plain: Look = { colour: null, bold: false, underline: false, inverse: false };

const looks: Readonly<Record<Role, Look>> = {
  plain,
  dim: { ...plain, colour: 8 },
  bold: { ...plain, bold: true },
  title: { ...plain, colour: 6, bold: true },
  header: { ...plain, colour: 6, underline: false },
  good: { ...plain, colour: 2 },
  busy: { ...plain, colour: 3 },
  bad: { ...plain, colour: 1, bold: true },
  off: { ...plain, colour: 8 },
  info: { ...plain, colour: 6 },
  key: { ...plain, bold: true, colour: 6 },
  match: { ...plain, colour: 3, inverse: true },
  bar: { ...plain, colour: 6 },
  barRest: { ...plain, colour: 8 },
};

/** `on`: it is part of what is selected. Then it is the other way round, and without colours, whose contrast nobody knows. */
export function themed(role: Role, on: boolean, colours: boolean): Look {
  const look = looks[role];
  if (on) return { ...plain, bold: look.bold, inverse: true };
  return colours ? look : { ...look, colour: null };
}

const inAscii: ReadonlyMap<string, string> = new Map([
  ['●', '*'],
  ['○', 'o'],
  ['◌', '~'],
  ['◍', '~'],
  ['✖', 'X'],
  ['✔', '+'],
  ['↩', '<'],
  ['↻', '@'],
  ['→', '>'],
  ['▲', '^'],
  ['▼', 'v'],
  ['▾', '-'],
  ['▸', '+'],
  ['…', '~'],
  ['·', '.'],
  ['█', '#'],
  ['░', '.'],
  ['─', '-'],
  ['│', '|'],
  ['┌', '+'],
  ['┐', '+'],
  ['└', '+'],
  ['┘', '+'],
  ['↑', '^'],
  ['↓', 'v'],
  ['←', '<'],
]);

export function toAscii(char: string): string {
  return char <= '~' ? char : (inAscii.get(char) ?? '?');
}

/** Whether the terminal is told, by its environment, to take UTF-8. */
export function isUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale);
}
