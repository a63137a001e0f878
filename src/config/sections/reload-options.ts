/** hupd's own options of a program: how it is reloaded, when it is ready, what it listens on, what is watched. */
import type { ReloadSpec } from '../../core/spec.ts';
import { join } from '../../util/posix-path.ts';
import { signal } from '../datatypes.ts';
import type { Names } from '../expand.ts';
import { type OptionRow, option, own } from '../option.ts';
import { commandLine, count, oneOf, seconds, socketAddresses, words } from '../own-datatypes.ts';
import type { SectionReader } from '../reading.ts';
import { readyCheck } from '../ready-check.ts';

export const reloadOptions = {
  reload_strategy: own(
    option(
      'reload_strategy',
      oneOf('reload_strategy', ['restart', 'hup', 'rolling']),
      'restart',
      'process',
      'restart: stop, then start. hup: send reload_signal. rolling: a successor first, then stop the predecessor.',
    ),
  ),
  reload_signal: own(
    option('reload_signal', signal, 'HUP', 'process', 'What reload_strategy=hup and reload_handover=signal send.'),
  ),
  reload_handover: own(
    option(
      'reload_handover',
      oneOf('reload_handover', ['auto', 'sockets', 'signal', 'none']),
      'auto',
      'process',
      'How the successor comes to the sockets: hupd passes them, the process forks it on reload_signal, or neither.',
    ),
  ),
  reload_order: own(
    option(
      'reload_order',
      oneOf('reload_order', ['start_first', 'stop_first']),
      'start_first',
      'process',
      'stop_first for processes that cannot live side by side.',
    ),
  ),
  reload_parallelism: own(
    option('reload_parallelism', count, '1', 'process', 'How many processes of the program reload at a time.'),
  ),
  reload_delay: own(option('reload_delay', seconds, '0', 'process', 'Seconds between such batches.')),
  reload_timeout: own(
    option('reload_timeout', seconds, '60', 'process', 'Seconds a successor has to become ready; then roll back.'),
  ),
  reload_overlap: own(
    option('reload_overlap', seconds, '0.5', 'process', 'Seconds both serve before the predecessor is told to stop.'),
  ),
  reload_test: own(
    option('reload_test', commandLine, null, 'process', 'A command run first; if it fails, nothing is touched.'),
  ),
  reload_on_failure: own(
    option(
      'reload_on_failure',
      oneOf('reload_on_failure', ['rollback', 'continue']),
      'rollback',
      'process',
      'rollback: the rest stays on the old version. continue: go on with the next batch.',
    ),
  ),
  socket: own(
    option(
      'socket',
      socketAddresses,
      '',
      'process',
      'Addresses that hupd binds and keeps, with blanks between them. Everybody may connect to a unix socket; its directory can keep others away.',
    ),
  ),
  ready_check: own(
    option(
      'ready_check',
      readyCheck,
      'auto',
      'process',
      'auto, accept, http:/path, tcp://host:port, unix:/path, exec:command, notify, fd:number, log:regex or startsecs.',
    ),
  ),
  ready_timeout: own(
    option(
      'ready_timeout',
      seconds,
      null,
      'process',
      'Seconds until a first start counts as failed; by default reload_timeout.',
    ),
  ),
  watch: own(option('watch', words, '', 'process', 'Globs; a change under them reloads the program.')),
  watch_ignore: own(option('watch_ignore', words, '', 'process', 'Globs that watch leaves out.')),
  watch_delay: own(option('watch_delay', seconds, '1', 'process', 'Quiet seconds before that reload.')),
  update_strategy: own(
    option(
      'update_strategy',
      oneOf('update_strategy', ['restart', 'reload']),
      'restart',
      'process',
      'What update does to a changed program: stop and start it, or reload it to its new definition.',
    ),
  ),
} as const;

export interface ReloadContext {
  readonly names: Names;
  /** What relative globs are relative to. */
  readonly directory: string;
  /** `socket` of an fcgi-program is supervisord's. */
  readonly ownSocket: boolean;
  /** The group's, which holds where the program does not say. */
  readonly groupUpdateStrategy: ReloadSpec['updateStrategy'] | null;
}

export function readReload(section: SectionReader, context: ReloadContext): ReloadSpec {
  const rows = reloadOptions;
  const read = <T>(row: OptionRow<T>): T => section.read(row, context.names);
  const timeoutSecs = read(rows.reload_timeout);
  const updateStrategy = read(rows.update_strategy);
  return {
    strategy: read(rows.reload_strategy),
    signal: read(rows.reload_signal),
    handover: read(rows.reload_handover),
    order: read(rows.reload_order),
    parallelism: read(rows.reload_parallelism),
    delaySecs: read(rows.reload_delay),
    timeoutSecs,
    overlapSecs: read(rows.reload_overlap),
    test: read(rows.reload_test),
    onFailure: read(rows.reload_on_failure),
    sockets: context.ownSocket ? read(rows.socket) : [],
    readyCheck: read(rows.ready_check),
    readyTimeoutSecs: read(rows.ready_timeout) ?? timeoutSecs,
    updateStrategy: section.has(rows.update_strategy.name)
      ? updateStrategy
      : (context.groupUpdateStrategy ?? updateStrategy),
    watch: read(rows.watch).map((glob) => join(context.directory, glob)),
    // Without a slash it is a name to be left out wherever it turns up.
    watchIgnore: read(rows.watch_ignore).map((glob) => (glob.includes('/') ? join(context.directory, glob) : glob)),
    watchDelaySecs: read(rows.watch_delay),
  };
}
