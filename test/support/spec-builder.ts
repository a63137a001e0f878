/** A process's specification with supervisord's defaults, for tests that say only what matters to them. */
import type { ChannelSpec, ProcessSpec, ReloadSpec } from '../../src/core/spec.ts';

const channel: ChannelSpec = {
  log: { kind: 'none' },
  maxBytes: 0,
  backups: 0,
  captureMaxBytes: 0,
  eventsEnabled: false,
  syslog: false,
};

const reloadDefaults: ReloadSpec = {
  strategy: 'restart',
  signal: 1,
  handover: 'auto',
  order: 'start_first',
  parallelism: 1,
  delaySecs: 0,
  timeoutSecs: 60,
  overlapSecs: 0.5,
  test: null,
  onFailure: 'rollback',
  sockets: [],
  readyCheck: { kind: 'auto' },
  readyTimeoutSecs: 60,
  updateStrategy: 'restart',
  watch: [],
  watchIgnore: [],
  watchDelaySecs: 1,
};

const defaults: ProcessSpec = {
  name: 'web',
  group: 'web',
  program: 'web',
  kind: 'program',
  command: '/bin/web',
  directory: null,
  umask: null,
  priority: 999,
  autostart: true,
  autorestart: 'unexpected',
  startSecs: 1,
  startRetries: 3,
  exitCodes: [0],
  stopSignal: 15,
  stopWaitSecs: 10,
  stopAsGroup: false,
  killAsGroup: false,
  uid: null,
  environment: [],
  serverUrl: null,
  redirectStderr: false,
  stdout: channel,
  stderr: channel,
  reload: reloadDefaults,
};

export type SpecOverrides = Partial<Omit<ProcessSpec, 'reload'>> & { readonly reload?: Partial<ReloadSpec> };

export function buildSpec({ reload, ...overrides }: SpecOverrides = {}): ProcessSpec {
  return { ...defaults, ...overrides, reload: { ...reloadDefaults, ...reload } };
}
