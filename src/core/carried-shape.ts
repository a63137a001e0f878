/**
 * What a record of a state file has to look like, down to the last number: `carried.ts` takes nothing else. A state is acted on without another
 * look, with root's rights as a rule: a pid of -1 would be everybody's. A field that a version to come adds is `optional` here, so that it reads
 * what those before it have written, and `fit` fills it in.
 */
import {
  count,
  either,
  type Fields,
  finite,
  flag,
  listOf,
  oneOf,
  optional,
  orNull,
  pairOf,
  record,
  type Shape,
  such,
  text,
  union,
  whole,
  within,
} from '../util/shape.ts';
import type {
  CarriedChild,
  CarriedHead,
  CarriedLaunch,
  CarriedPipes,
  CarriedProcess,
  CarriedRecord,
  CarriedReload,
  CarriedSocket,
  HandedDescriptors,
  PoolChange,
  ProcessIdentity,
  Sending,
} from './carried.ts';
import type { SupervisorEvent } from './event.ts';
import type { PooledEvent, SavedPool } from './event-pool.ts';
import type { SavedPools } from './event-pools.ts';
import type { Generation } from './generation.ts';
import type { ListenerState } from './listener.ts';
import { aliveGenerations, type Gate, type Life, type Process } from './process.ts';
import type { ReloadFact, ReloadOutcome } from './reload/facts.ts';
import type { Reload } from './reload/reload.ts';
import type { Rollout } from './reload/rollout.ts';
import { resultHandlerNames } from './result-handler.ts';
import type {
  ChannelSpec,
  FcgiSocketSpec,
  GroupSpec,
  LogTarget,
  ProcessSpec,
  ReadyCheck,
  ReloadSpec,
  ReloadStrategy,
  SocketAddress,
} from './spec.ts';
import { processStateCodes, type StateName } from './states.ts';
import type { OlderDefinition } from './turn.ts';

// What a user has configured is of the right kind, and has whatever value a configuration may have.

/** 0 and -1 mean others to the kernel, and nobody but it has started pid 1. */
const pid = within(2, 2 ** 31 - 1, 'pid');
/** 0: none. */
const lastPid = within(0, 2 ** 31 - 1, 'pid or 0');
const signal = within(1, 64, 'signal');
const id = within(0, 2 ** 32 - 2, 'uid or gid');
const strategy = oneOf<ReloadStrategy>('restart', 'hup', 'rolling');

const address = union<SocketAddress, 'kind'>('kind', {
  tcp: { host: text, port: whole },
  unix: { path: text },
});

const logTarget = union<LogTarget, 'kind'>('kind', { none: {}, auto: {}, file: { path: text } });
const channel = record<ChannelSpec>({
  ...{ log: logTarget, maxBytes: whole, backups: whole, captureMaxBytes: whole, eventsEnabled: flag, syslog: flag },
});

const readyCheck = union<ReadyCheck, 'kind'>('kind', {
  ...{ auto: {}, accept: {}, notify: {}, startsecs: {} },
  http: {
    ...{ path: text, address: orNull(address), host: orNull(text), timeoutSecs: finite },
    statuses: listOf(record({ from: whole, to: whole })),
  },
  tcp: { host: text, port: whole },
  unix: { path: text },
  exec: { command: text },
  fd: { fd: whole },
  log: { pattern: text },
});

const reloadSpec = record<ReloadSpec>({
  ...{ strategy, signal, handover: oneOf('auto', 'sockets', 'signal', 'none') },
  ...{ order: oneOf('start_first', 'stop_first'), onFailure: oneOf('rollback', 'continue') },
  ...{ parallelism: whole, delaySecs: finite, timeoutSecs: finite, overlapSecs: finite, test: orNull(text) },
  ...{ sockets: listOf(address), readyCheck, readyTimeoutSecs: finite, updateStrategy: oneOf('restart', 'reload') },
  ...{ watch: listOf(text), watchIgnore: listOf(text), watchDelaySecs: finite },
});

const fcgiSocket = record<FcgiSocketSpec>({
  ...{ address, backlog: orNull(whole), mode: orNull(whole) },
  owner: orNull(record({ uid: id, gid: either(id, oneOf(-1)) })),
});

const processSpec = record<ProcessSpec>({
  ...{ name: text, group: text, program: text, kind: oneOf('program', 'eventlistener', 'fcgi-program'), command: text },
  ...{ directory: orNull(text), umask: orNull(whole), priority: whole, uid: orNull(id) },
  ...{ autostart: flag, autorestart: either(flag, oneOf('unexpected')), exitCodes: listOf(whole) },
  ...{ startSecs: finite, startRetries: whole, stopSignal: signal, stopWaitSecs: finite },
  ...{ stopAsGroup: flag, killAsGroup: flag, redirectStderr: flag },
  ...{ environment: listOf(pairOf(text, text)), serverUrl: orNull(text), stdout: channel, stderr: channel },
  ...{ fcgiSocket: optional(fcgiSocket), reload: reloadSpec },
});

const anyGroup = { name: text, priority: whole, processes: listOf(processSpec) };
const group = such(
  union<GroupSpec, 'kind'>('kind', {
    plain: anyGroup,
    fcgi: { ...anyGroup, socket: fcgiSocket },
    eventlistener: {
      ...{ ...anyGroup, bufferSize: whole, events: listOf(text), resultHandler: oneOf(...resultHandlerNames) },
    },
  }),
  ({ name, processes }) =>
    processes.every((process) => process.group === name) ? null : '.processes has one of another group',
);

const generation = record<Generation>({ number: count, pid, since: finite, startedAt: finite });
const gate = union<Gate, 'kind'>('kind', { startsecs: {}, ready: { readyBy: finite, lastAnswer: text } });
const life = union<Life, 'state'>('state', {
  ...{ STOPPED: {}, SPAWNING: {}, FATAL: {} },
  STARTING: { current: generation, runningAt: finite, gate },
  FAILING: { current: generation, killAt: finite, why: text },
  RUNNING: { current: generation },
  BACKOFF: { retryAt: finite },
  STOPPING: { current: generation, killAt: finite },
  LINGERING: { pid: lastPid },
  EXITED: { expected: flag },
  UNKNOWN: { current: generation },
});

const anyReload = { strategy, begun: finite };
const reload = union<Reload, 'phase'>('phase', {
  ...{ spawning: anyReload, stopping: anyReload, starting: anyReload, testing: { ...anyReload, until: finite } },
  calling: { ...anyReload, generation: count, until: finite },
  waiting: { ...anyReload, successor: generation, adopted: flag, until: finite, lastAnswer: text },
  overlapping: { ...anyReload, predecessor: generation, adopted: flag, until: finite },
  leaving: { ...anyReload, predecessor: generation, until: finite },
  retiring: { ...anyReload, predecessor: generation },
  watching: { ...anyReload, generation: count, since: finite, ready: flag, until: finite, lastAnswer: text },
});

const process = record<Process>({
  ...{ life, reload: orNull(reload), spawning: orNull(count), generations: count, backoff: count },
  retiring: listOf(record({ generation, killAt: orNull(finite), broken: flag })),
  ...{ startedAt: finite, stoppedAt: finite, exitCode: whole, spawnError: text },
});

const socket = record<CarriedSocket>({ fd: whole, inode: count, address });
const launch: Fields<CarriedLaunch> = {
  ...{ generation: count, words: listOf(text), toldReady: flag, predecessor: orNull(pid), maker: orNull(pid) },
  pipes: record<CarriedPipes>({ stdout: text, stderr: orNull(text), stdin: orNull(text) }),
  ...{ sockets: listOf(socket), ownEach: listOf(address), addresses: listOf(address), readyPipe: orNull(text) },
  notify: orNull(record({ path: text, fd: whole })),
};
const identity: Fields<ProcessIdentity> = { pid, startTime: count };
export const identityShape = record(identity);

const carriedProcess = such(
  record<CarriedProcess>({
    ...{ process, older: orNull(record<OlderDefinition>({ before: count, spec: processSpec })) },
    ...{ nextReloadBy: orNull(strategy), logs: record({ stdout: text, stderr: text }) },
    ...{ children: listOf(record<CarriedChild>({ ...identity, ...launch })), launching: orNull(record(launch)) },
    ...{ configured: listOf(socket), borrowed: listOf(socket), proven: flag, fcgi: orNull(socket) },
  }),
  ({ process: { life, reload, retiring, ...rest }, children }) => {
    const alive = aliveGenerations({ life, reload, retiring, ...rest });
    const lost = alive.find(
      ({ number, pid }) => !children.some((each) => each.generation === number && each.pid === pid),
    );
    return lost === undefined ? null : `.children has not the pid ${lost.pid} of generation ${lost.number}`;
  },
);

const member = { group: text, name: text };
const failures = listOf(record({ ...member, reason: text }));
const stage = union<Rollout['at'], 'stage'>('stage', {
  ...{ new: {}, ended: {}, pause: { index: count, until: finite } },
  batch: { index: count, underWay: listOf(record(member)) },
});
const rollout = record<Rollout>({
  ...{ at: stage, processes: listOf(record(member)), failures },
  batches: listOf(record({ start: count, end: count, pauseMs: finite, continues: flag })),
});
const outcome = orNull(record<ReloadOutcome>({ ok: flag, reason: text, endedAt: finite }));

const anyFact = { ...member, at: finite };
const fact = union<ReloadFact, 'fact'>('fact', {
  started: { ...anyFact, strategy, pid: lastPid, generation: count },
  testing: { ...anyFact, command: text },
  handover: { ...anyFact, text },
  spawned: { ...anyFact, pid: lastPid, generation: count },
  signalled: { ...anyFact, pid: lastPid, signal },
  waiting: { ...anyFact, check: text, timeoutSecs: finite },
  ready: { ...anyFact, pid: lastPid, afterSecs: finite },
  promoted: { ...anyFact, pid: lastPid, overlapSecs: finite },
  stopping: { ...anyFact, pid: lastPid, signal },
  stopped: { ...anyFact, pid: lastPid, status: text },
  'predecessor-died': { ...anyFact, pid: lastPid, status: text },
  'rolled-back': { ...anyFact, pid: lastPid, servingPid: lastPid },
  done: { ...anyFact, pid: lastPid, tookSecs: finite, dropped: whole, longestQueue: whole },
  failed: { ...anyFact, reason: text, lastOutput: listOf(text) },
});

const ofProcess = { process: text, group: text };
const stateChange = { ...ofProcess, fromState: oneOf(...(Object.keys(processStateCodes) as StateName[])) };
const [tried, changed] = [
  { ...stateChange, tries: count },
  { ...stateChange, pid: lastPid },
];
const [said, tick] = [{ ...ofProcess, pid: lastPid, data: text }, { when: finite }];
const event = union<SupervisorEvent, 'type'>('type', {
  ...{ PROCESS_STATE_STARTING: tried, PROCESS_STATE_BACKOFF: tried },
  ...{ PROCESS_STATE_RUNNING: changed, PROCESS_STATE_STOPPING: changed, PROCESS_STATE_STOPPED: changed },
  ...{ PROCESS_STATE_EXITED: { ...changed, expected: flag } },
  ...{ PROCESS_STATE_FATAL: stateChange, PROCESS_STATE_UNKNOWN: stateChange },
  ...{ PROCESS_LOG_STDOUT: said, PROCESS_LOG_STDERR: said },
  ...{ PROCESS_COMMUNICATION_STDOUT: said, PROCESS_COMMUNICATION_STDERR: said },
  REMOTE_COMMUNICATION: { remoteType: text, data: text },
  ...{ SUPERVISOR_STATE_CHANGE_RUNNING: {}, SUPERVISOR_STATE_CHANGE_STOPPING: {} },
  ...{ TICK_5: tick, TICK_60: tick, TICK_3600: tick },
  ...{ PROCESS_GROUP_ADDED: { group: text }, PROCESS_GROUP_REMOVED: { group: text } },
  PROCESS_RELOAD_STARTED: { ...ofProcess, strategy, pid: lastPid },
  PROCESS_RELOAD_READY: { ...ofProcess, pid: lastPid, afterSecs: finite },
  PROCESS_RELOAD_COMPLETED: { ...ofProcess, pid: lastPid, tookSecs: finite },
  PROCESS_RELOAD_FAILED: { ...ofProcess, reason: text },
});

const listenerState = union<ListenerState, 'name'>('name', {
  ...{ READY: {}, UNKNOWN: {}, ACKNOWLEDGED: { held: text }, BUSY: { held: text, length: orNull(count) } },
});
const pooledEvent = record<PooledEvent>({ event, serial: count, poolSerial: count });
const pool = record<SavedPool>({
  ...{ nextSerial: count, dropped: count, buffer: listOf(pooledEvent) },
  listeners: listOf(
    record({ pid, name: text, eligible: flag, deaf: flag, state: listenerState, event: orNull(pooledEvent) }),
  ),
});
const poolChange = union<PoolChange, 'change'>('change', {
  accept: { event, serial: count },
  spawned: { name: text, pid },
  eligible: { pid, eligible: flag },
  output: { pid, piece: text },
  ...{ exited: { pid }, sendFailed: { pid } },
});

const headFields: Fields<Omit<CarriedHead, 'record'>> = { ...identity, format: count, version: text, boot: text };
export const headShape: Shape<CarriedHead> = record({ record: oneOf('hupd'), ...headFields });

export const recordShape = such(
  union<CarriedRecord, 'record'>('record', {
    hupd: headFields,
    group: { name: text, spec: orNull(group) },
    process: { ...member, state: carriedProcess },
    reload: {
      reload: record<CarriedReload>({
        id: count,
        target: text,
        startedAt: finite,
        facts: listOf(fact),
        outcome,
        rollout,
      }),
    },
    fact: { id: count, fact },
    rollout: { id: count, at: stage, failures, outcome },
    pools: { saved: record<SavedPools>({ nextSerial: count, pools: listOf(pairOf(text, pool)) }) },
    pool: { pool: text, change: poolChange },
    sending: { pid, sending: record<Sending>({ serial: count, inputChanged: text }) },
    leaving: {},
    handed: {
      descriptors: record<HandedDescriptors>({
        servers: listOf(record({ section: text, address: text, fd: count, inode: count })),
        holders: listOf(count),
      }),
    },
  }),
  (it) => (it.record === 'group' && it.spec !== null && it.spec.name !== it.name ? '.spec has another name' : null),
);
