/** The commands by name. `command-table.ts` says where each one's code is; it must list all of these. */

/** supervisorctl's, in its order. */
export const supervisorCommands = [
  'add',
  'avail',
  'clear',
  'exit',
  'fg',
  'maintail',
  'open',
  'pid',
  'quit',
  'reload',
  'remove',
  'reread',
  'restart',
  'shutdown',
  'signal',
  'start',
  'status',
  'stop',
  'tail',
  'update',
  'version',
] as const;

/** What hupctl adds. */
export const hupdCommands = [
  'completion',
  'doctor',
  'history',
  'import',
  'link-compat',
  'migrate',
  'top',
  'tui',
  'upgrade',
  'why',
] as const;

export const commandNames = [...supervisorCommands, ...hupdCommands, 'help'] as const;

/** Understood, but no topic of `help`'s list. */
export const unlistedCommands = ['EOF', 'complete', 'help'] as const;

export type CommandName = (typeof supervisorCommands | typeof hupdCommands | typeof unlistedCommands)[number];

/** What is followed by names of processes. */
export const takesProcesses = setOf(
  ...([
    'clear',
    'fg',
    'history',
    'pid',
    'reload',
    'restart',
    'signal',
    'start',
    'status',
    'stop',
    'tail',
    'why',
  ] as const),
);

export const takesGroups = setOf('add', 'remove', 'update');

/** For several servers: these change nothing, and all are asked at once. */
export const looks = setOf('avail', 'doctor', 'history', 'pid', 'status', 'version', 'why');

/** For several servers: one after the other. */
export const changes = setOf(
  ...(['add', 'clear', 'reload', 'remove', 'reread', 'restart', 'shutdown', 'signal'] as const),
  ...(['start', 'stop', 'update', 'upgrade'] as const),
);

function setOf(...names: readonly CommandName[]): ReadonlySet<string> {
  return new Set(names);
}
