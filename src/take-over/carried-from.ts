/** What a supervisord leaves, in the form in which one hupd leaves it to the next: so that taking over is taking up, and nothing of its own. */
import {
  type Carried,
  type CarriedChild,
  type CarriedHead,
  type CarriedProcess,
  type CarriedSocket,
  processKey,
  serverAddress,
} from '../core/carried.ts';
import type { SavedPools } from '../core/event-pools.ts';
import { busyListener, type ListenerState, newListener } from '../core/listener.ts';
import { type Life, newProcess, type Process } from '../core/process.ts';
import { splitCommand } from '../core/shell-words.ts';
import type { Config, ProcessSpec, ServerSpec, SocketAddress } from '../core/spec.ts';
import type { Now } from '../core/time.ts';
import type { PlannedProcess, TakeOverPlan } from './plan.ts';
import type { SurveyedProcess } from './survey.ts';

export interface Seized {
  readonly head: CarriedHead;
  readonly now: Now;
  /** supervisord's listening sockets, as they are open here now. */
  readonly sockets: readonly CarriedSocket[];
}

export function carriedFrom(config: Config, plan: TakeOverPlan, seized: Seized): Carried {
  const planned = [...plan.alive, ...plan.down];
  return {
    head: seized.head,
    groups: new Map(config.groups.map((group) => [group.name, group])),
    processes: new Map(planned.map((each) => [processKey(each.spec), carriedProcess(each, seized)])),
    reloads: new Map(),
    pools: carriedPools(config, plan),
    poolChanges: [],
    heard: new Map(),
    sending: new Map(),
    leaving: false,
    handed: { servers: config.servers.flatMap((server) => handedServer(server, seized)), holders: [] },
  };
}

function carriedProcess(planned: PlannedProcess, seized: Seized): CarriedProcess {
  const { found, spec } = planned;
  const { kernel, pid } = found;
  const children = kernel === null ? [] : [carriedChild(planned, kernel)];
  const fcgi = spec.fcgiSocket === undefined ? null : socketAt(spec.fcgiSocket.address, seized);
  return {
    process: processOf(planned, seized.now),
    older: null,
    nextReloadBy: null,
    logs: { stdout: found.stdoutLog, stderr: found.stderrLog },
    children: pid === 0 ? [] : children,
    launching: null,
    configured: [],
    borrowed: [],
    proven: false,
    fcgi,
  };
}

function carriedChild({ found, spec }: PlannedProcess, kernel: NonNullable<SurveyedProcess['kernel']>): CarriedChild {
  const split = splitCommand(spec.command);
  const { stdin, stdout, stderr } = kernel.pipes;
  return {
    pid: found.pid,
    startTime: kernel.startTime,
    generation: 1,
    pipes: { stdin, stdout: stdout ?? '', stderr: spec.redirectStderr ? null : (stderr ?? '') },
    words: 'error' in split ? [] : split,
    sockets: [],
    ownEach: [],
    predecessor: null,
    maker: null,
    toldReady: found.stateName === 'RUNNING',
    addresses: [],
    notify: null,
    readyPipe: null,
  };
}

function processOf({ found, spec }: PlannedProcess, now: Now): Process {
  const startedAt = found.startedAt * 1000;
  const isAlive = found.pid !== 0;
  return {
    ...newProcess,
    life: lifeOf(found, spec, now),
    generations: isAlive ? 1 : 0,
    startedAt,
    stoppedAt: found.stoppedAt * 1000,
    exitCode: found.exitStatus,
    spawnError: found.spawnError,
  };
}

function lifeOf({ stateName, pid, startedAt, exitStatus }: SurveyedProcess, spec: ProcessSpec, now: Now): Life {
  const since = now.mono - (now.wall - startedAt * 1000);
  const current = { number: 1, pid, since, startedAt: startedAt * 1000 };
  switch (stateName) {
    case 'RUNNING':
      return { state: 'RUNNING', current };
    case 'STARTING':
      return { state: 'STARTING', current, runningAt: since + spec.startSecs * 1000, gate: { kind: 'startsecs' } };
    case 'BACKOFF':
      return { state: 'BACKOFF', retryAt: now.mono };
    case 'EXITED':
      return { state: 'EXITED', expected: spec.exitCodes.includes(exitStatus) };
    case 'FATAL':
      return { state: 'FATAL' };
    default:
      return { state: 'STOPPED' };
  }
}

/** supervisord does not tell what its listeners are at. One that waits for input has said READY; the serials begin anew. */
function carriedPools({ groups }: Config, { alive }: TakeOverPlan): SavedPools {
  const pools = groups.filter(({ kind }) => kind === 'eventlistener');
  return {
    nextSerial: 0,
    pools: pools.map(({ name }) => {
      const members = alive.filter(({ spec }) => spec.group === name);
      const listeners = members.map(({ found, spec }) => ({
        ...{ pid: found.pid, name: spec.name, eligible: found.stateName === 'RUNNING', deaf: false },
        ...{ state: listenerState(found), event: null },
      }));
      return [name, { nextSerial: 0, dropped: 0, buffer: [], listeners }];
    }),
  };
}

function listenerState({ stateName, kernel }: SurveyedProcess): ListenerState {
  if (kernel?.awaitsInput === true) return { name: 'READY' };
  return stateName === 'RUNNING' ? busyListener : newListener;
}

function handedServer(server: ServerSpec, seized: Seized): Array<NonNullable<Carried['handed']>['servers'][number]> {
  const address: SocketAddress =
    server.kind === 'unix'
      ? { kind: 'unix', path: server.file }
      : { kind: 'tcp', host: server.host === '' ? '0.0.0.0' : server.host, port: server.port };
  const socket = socketAt(address, seized);
  return socket === null
    ? []
    : [{ section: server.section, address: serverAddress(server), fd: socket.fd, inode: socket.inode }];
}

/** supervisord binds a unix socket under its name and the pid that it had before it left the terminal, and then gives it the right one. */
function socketAt(address: SocketAddress, { sockets }: Seized): CarriedSocket | null {
  const found = sockets.find(({ address: bound }) => {
    if (address.kind === 'unix')
      return bound.kind === 'unix' && [bound.path, bound.path.replace(/\.\d+$/, '')].includes(address.path);
    return bound.kind === 'tcp' && bound.host === address.host && bound.port === address.port;
  });
  return found === undefined ? null : { ...found, address };
}
