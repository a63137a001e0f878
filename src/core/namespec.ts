/** How users name processes: `web`, `group:web`, `group:*`. */

export interface Namespec {
  readonly group: string;
  /** null: the whole group. */
  readonly process: string | null;
}

/** `web` is the process `web` of the group `web`; `group:*` and `group:` are the group. Further colons belong to the process. */
export function splitNamespec(text: string): Namespec {
  const colon = text.indexOf(':');
  if (colon < 0) return { group: text, process: text };
  const process = text.slice(colon + 1);
  return { group: text.slice(0, colon), process: process === '' || process === '*' ? null : process };
}

/** The short name where group and process have the same. */
export function makeNamespec(group: string, process: string): string {
  return group === process ? process : `${group}:${process}`;
}
