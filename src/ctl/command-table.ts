/** Where each command's code is: loaded when it is named, so that starting hupctl costs the same however many there are. */
import type { Command } from './command.ts';
import type { CommandName } from './command-names.ts';

const table: Readonly<Record<CommandName, () => Promise<{ readonly command: Command }>>> = {
  add: () => import('./commands/add.ts'),
  avail: () => import('./commands/avail.ts'),
  clear: () => import('./commands/clear.ts'),
  exit: () => import('./commands/exit.ts'),
  fg: () => import('./commands/fg.ts'),
  maintail: () => import('./commands/maintail.ts'),
  open: () => import('./commands/open.ts'),
  pid: () => import('./commands/pid.ts'),
  quit: () => import('./commands/quit.ts'),
  reload: () => import('./commands/reload.ts'),
  remove: () => import('./commands/remove.ts'),
  reread: () => import('./commands/reread.ts'),
  restart: () => import('./commands/restart.ts'),
  shutdown: () => import('./commands/shutdown.ts'),
  signal: () => import('./commands/signal.ts'),
  start: () => import('./commands/start.ts'),
  status: () => import('./commands/status.ts'),
  stop: () => import('./commands/stop.ts'),
  tail: () => import('./commands/tail.ts'),
  update: () => import('./commands/update.ts'),
  version: () => import('./commands/version.ts'),
  completion: () => import('./commands/completion.ts'),
  doctor: () => import('./commands/doctor.ts'),
  history: () => import('./commands/history.ts'),
  import: () => import('./commands/import.ts'),
  'link-compat': () => import('./commands/link-compat.ts'),
  migrate: () => import('./commands/migrate.ts'),
  top: () => import('./commands/top.ts'),
  tui: () => import('./commands/tui.ts'),
  upgrade: () => import('./commands/upgrade.ts'),
  why: () => import('./commands/why.ts'),
  EOF: () => import('./commands/quit.ts'),
  complete: () => import('./commands/complete.ts'),
  help: () => import('./commands/help.ts'),
};

export async function findCommand(name: string): Promise<Command | null> {
  return Object.hasOwn(table, name) ? (await table[name as CommandName]()).command : null;
}
