/** The daemon's numbers as Prometheus reads them (its text format 0.0.4). Pure: `metrics-route.ts` gathers what is told here. */
import { processStateCodes } from '../core/states.ts';
import type { EventPoolView, ProcessView, SocketView, TallyView, UsageView } from '../runtime/supervision.ts';

export interface ProcessNumbers {
  readonly view: ProcessView;
  readonly tally: TallyView;
  /** null: it is down. */
  readonly usage: UsageView | null;
  /** Files that are there. */
  readonly logBytes: ReadonlyArray<{ readonly channel: string; readonly bytes: number }>;
  readonly sockets: readonly SocketView[];
}

export interface ListenerNumbers {
  readonly group: string;
  readonly pool: EventPoolView;
}

export interface MetricsPage {
  readonly processes: readonly ProcessNumbers[];
  readonly listeners: readonly ListenerNumbers[];
  readonly daemon: {
    readonly version: string;
    readonly nodeVersion: string;
    /** Seconds. */
    readonly uptime: number;
    readonly cpuSecs: number;
    readonly rssBytes: number;
    /** How late a timer came just now, and how long the event loop has been busy; seconds. */
    readonly loopDelay: number;
    readonly loopBusy: number;
  };
  /** Wall milliseconds. */
  readonly now: number;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [value: number, labels?: Labels];

export function metricsText({ processes, listeners, daemon, now }: MetricsPage): string {
  const each = (samples: (process: ProcessNumbers) => readonly Sample[]): Sample[] =>
    processes.flatMap((process) => {
      const { group, name } = process.view;
      return samples(process).map(([value, labels]): Sample => [value, { group, name, ...labels }]);
    });
  const used = (of: (usage: UsageView) => number) => each(({ usage }) => (usage === null ? [] : [[of(usage)]]));
  const held = (of: (socket: SocketView) => number | null) =>
    each(({ sockets }) =>
      sockets.flatMap((socket) => {
        const value = of(socket);
        return value === null ? [] : [[value, { address: socket.address }] as const];
      }),
    );
  const listening = (of: (listener: ListenerNumbers) => number): Sample[] =>
    listeners.map((listener) => [of(listener), { group: listener.group }]);
  const families = [
    family('build_info', 'gauge', 'Always 1; the version of hupd and of node.', [
      [1, { version: daemon.version, node_version: daemon.nodeVersion }],
    ]),
    family('uptime_seconds', 'gauge', 'Since the daemon started.', [[daemon.uptime]]),
    family('cpu_seconds_total', 'counter', 'CPU time of the daemon itself.', [[daemon.cpuSecs]]),
    family('resident_memory_bytes', 'gauge', 'Resident memory of the daemon itself.', [[daemon.rssBytes]]),
    family('event_loop_delay_seconds', 'gauge', 'How late a timer of the daemon came during this scrape.', [
      [daemon.loopDelay],
    ]),
    family('event_loop_busy_seconds_total', 'counter', 'Time that the event loop of the daemon was not idle.', [
      [daemon.loopBusy],
    ]),
    family(
      'process_state',
      'gauge',
      '1 for the state that the process is in, 0 for the others.',
      each(({ view }) => Object.keys(processStateCodes).map((state) => [view.state === state ? 1 : 0, { state }])),
    ),
    family(
      'process_uptime_seconds',
      'gauge',
      'Since the present generation started; 0 when the process is down.',
      each(({ view }) => [[view.pid === 0 ? 0 : Math.max(0, now - view.startedAt) / 1000]]),
    ),
    family(
      'process_generation',
      'gauge',
      'Number of the present generation: starts so far.',
      each(({ view }) => [[view.generation]]),
    ),
    family(
      'process_generations_alive',
      'gauge',
      'Generations alive: 2 while a reload overlaps.',
      each(({ view }) => [[view.generations.length]]),
    ),
    family(
      'process_restarts_total',
      'counter',
      'Starts because the process had ended, or had failed to start.',
      each(({ view }) => [[view.restarts]]),
    ),
    family(
      'process_exits_total',
      'counter',
      'Ends of generations; code is the exit status, or the signal.',
      each(({ tally }) => [...tally.exits].map(([how, count]) => [count, { code: exitCode(how) }])),
    ),
    family(
      'process_reloads_total',
      'counter',
      'Reloads that ended, by outcome.',
      each(({ tally }) => [
        [tally.reloadsDone, { outcome: 'done' }],
        [tally.reloadsFailed, { outcome: 'failed' }],
      ]),
    ),
    family(
      'process_last_reload_duration_seconds',
      'gauge',
      'How long the last reload took that ended.',
      each(({ tally }) => (tally.reloadsDone + tally.reloadsFailed === 0 ? [] : [[tally.lastReloadSecs]])),
    ),
    family(
      'process_reload_in_progress',
      'gauge',
      '1 while the process is being reloaded.',
      each(({ view }) => [[view.reloadId === null ? 0 : 1]]),
    ),
    family(
      'process_reload_dropped_connections_total',
      'counter',
      'Connections that the kernel turned away, of all listeners, while the process was reloaded.',
      each(({ tally }) => (tally.reloadDrops === null ? [] : [[tally.reloadDrops]])),
    ),
    family(
      'process_boot_duration_seconds',
      'gauge',
      'From the last start, of a successor too, until it counted as ready.',
      each(({ tally }) => (tally.lastBootSecs === null ? [] : [[tally.lastBootSecs]])),
    ),
    family(
      'socket_waiting_connections_limit',
      'gauge',
      'How many may wait; not told of unix sockets.',
      held(({ limit }) => limit),
    ),
    family(
      'socket_dropped_connections_total',
      'counter',
      'Connections turned away because the queue was full; not told of unix sockets.',
      held(({ dropped, limit }) => (limit === null ? null : dropped)),
    ),
    family(
      'listener_buffered_events',
      'gauge',
      'Events that wait for the listeners of the group.',
      listening(({ pool }) => pool.waiting),
    ),
    family(
      'listener_buffer_size_events',
      'gauge',
      'How many may wait: buffer_size.',
      listening(({ pool }) => pool.bufferSize),
    ),
    family(
      'listener_dropped_events_total',
      'counter',
      'Events thrown away because the buffer was full.',
      listening(({ pool }) => pool.dropped),
    ),
    family(
      'process_cpu_seconds_total',
      'counter',
      'CPU time of the generations alive and all that descends from them.',
      used(({ cpuSecs }) => cpuSecs),
    ),
    family(
      'process_resident_memory_bytes',
      'gauge',
      'Resident memory of the same.',
      used(({ rssBytes }) => rssBytes),
    ),
    family(
      'process_system_processes',
      'gauge',
      'How many processes of the system they are.',
      used((usage) => usage.processes),
    ),
    family(
      'socket_waiting_connections',
      'gauge',
      'Clients that nobody has accepted yet, on a listening socket that hupd holds for the process.',
      each(({ sockets }) => sockets.map(({ address, waiting }) => [waiting, { address }])),
    ),
    family(
      'process_log_bytes',
      'gauge',
      'Size of the log file that is written now.',
      each(({ logBytes }) => logBytes.map(({ channel, bytes }) => [bytes, { channel }])),
    ),
  ];
  return families.join('');
}

/** '' when there is nothing to tell. */
function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([value, labels]) => `hupd_${name}${labelText(labels)} ${value}\n`);
  return `# HELP hupd_${name} ${help}\n# TYPE hupd_${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}

/** `exit status 1` is `1`; `terminated by SIGKILL (core dumped)` is `SIGKILL`. */
function exitCode(how: string): string {
  return /SIG[A-Z0-9+]+/.exec(how)?.[0] ?? /\d+/.exec(how)?.[0] ?? how;
}
