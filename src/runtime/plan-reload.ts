/** What a reload of a process would do, in words, without touching anything but a look at its sockets. */

import { makeNamespec } from '../core/namespec.ts';
import { gatesSignal, gatesStart, wantsProbe } from '../core/ready-check.ts';
import { inTurn } from '../core/reload/rollout.ts';
import { reloadRefusal } from '../core/reload/step.ts';
import { splitCommand } from '../core/shell-words.ts';
import { signalName } from '../core/signals.ts';
import type { ProcessSpec, SocketAddress } from '../core/spec.ts';
import { isRunningState } from '../core/states.ts';
import { describeHandover, names, refuseCall, refuseHandover, refuseReadyFd } from '../handover/describe.ts';
import { canHaveProbe } from '../handover/handover.ts';
import type { ServerProfile } from '../handover/profiles/profile.ts';
import { recognise } from '../handover/profiles/recognise.ts';
import { pidFilesOf, serverConfig } from '../handover/server-files.ts';
import { leavingOf, signalFact } from '../handover/signals.ts';
import type { Borrowed, Os } from '../os/os.ts';
import { describeCheck, effectiveCheck } from '../readiness/start-check.ts';
import type { Groups } from './groups.ts';
import type { Member } from './member.ts';
import type { PlanLine, ProcessName } from './supervision.ts';

interface Planned {
  readonly os: Os;
  readonly member: Member;
  readonly spec: ProcessSpec;
  readonly pid: number;
  readonly words: readonly string[];
  readonly server: ServerProfile | null;
}

/** In the order of their turns; of a program with several processes first how it goes round. */
export function planReloads(os: Os, groups: Groups, processes: readonly ProcessName[]): readonly PlanLine[] {
  const given = processes.flatMap(({ group, name }) => {
    const member = groups.find(group, name);
    const groupPriority = groups.get(group)?.spec.priority ?? 0;
    return member === null ? [] : [{ group, name, spec: member.spec, groupPriority, member }];
  });
  return inTurn(given).flatMap((program) => [
    ...rounds(program.map(({ spec }) => spec)),
    ...program.flatMap(({ group, name, member }) =>
      planReload(os, member).map((text) => ({ name: makeNamespec(group, name), text })),
    ),
  ]);
}

/** How the processes of a program go round. */
function rounds([spec, ...others]: readonly ProcessSpec[]): readonly PlanLine[] {
  if (spec === undefined || others.length === 0) return [];
  const { parallelism, delaySecs, onFailure } = spec.reload;
  const count = others.length + 1;
  const pause = delaySecs === 0 ? '' : `, ${delaySecs} s between`;
  const failure = onFailure === 'continue' ? 'a failure keeps nobody from their turn' : 'a failure ends the reload';
  const text = `${count} processes, ${Math.min(parallelism, count)} at a time${pause}; ${failure}`;
  return [{ name: spec.program, text }];
}

function planReload(os: Os, member: Member): readonly string[] {
  const { spec, current } = member;
  const { reload } = spec;
  const split = splitCommand(spec.command);
  const words = 'error' in split ? [] : split;
  const server = recognise(words);
  const lines = [`strategy: ${reload.strategy}${server === null ? '' : ` (known server: ${server.name})`}`];
  if (reload.test !== null) lines.push(`first: ${reload.test}; a failure ends the reload`);
  const refusal = reloadRefusal(member.process);
  if (refusal !== null) lines.push(`now it would be refused: ${refusal}`);
  if (current !== null && isRunningState(member.state))
    lines.push(...planRunning({ os, member, spec, pid: current.pid, words, server }));
  else if (refusal === null) lines.push(`it is ${member.state}: it would be started`);
  return lines;
}

function planRunning(planned: Planned): readonly string[] {
  const { spec, pid } = planned;
  const { reload } = spec;
  if (reload.strategy === 'hup') return planSignal(planned);
  if (reload.strategy === 'restart' || reload.order === 'stop_first') {
    const parked = reload.sockets.length > 0 ? '; clients wait meanwhile' : '';
    return [`${signalName(spec.stopSignal)} to pid ${pid}, then a new start${parked}`, ...readiness(planned)];
  }
  return reload.handover === 'signal' ? planCall(planned) : planSuccessor(planned);
}

function planSignal(planned: Planned): readonly string[] {
  const { spec, member, server, pid } = planned;
  const { signal, readyCheck, timeoutSecs } = spec.reload;
  const addresses = member.current?.handover.addresses ?? [];
  const check = effectiveCheck(readyCheck, false, addresses, { server, listens: false });
  const gate = gatesSignal(readyCheck) ? ` and be ready (${describeCheck(check)}) within ${timeoutSecs} s` : '';
  return [
    `${signalName(signal)} to pid ${pid}, which must stay up for ${spec.startSecs} s${gate}`,
    ...but(planned, signal),
  ];
}

/** Of a start that has no predecessor: what somebody has chosen, or nothing but startsecs. */
function readiness({ os, spec: { reload, startSecs }, server }: Planned): readonly string[] {
  const { readyCheck, sockets, readyTimeoutSecs } = reload;
  if (!gatesStart(readyCheck)) return [`ready by: startsecs (${startSecs} s)`];
  const probe = wantsProbe(readyCheck, sockets, false) && canHaveProbe(server, readyCheck, os, null);
  const check = effectiveCheck(readyCheck, probe, sockets, { server, listens: false });
  return [`ready by: ${describeCheck(check)}, within ${readyTimeoutSecs} s`];
}

/** The process makes its successor itself. */
function planCall({ os, member, spec, pid, server, words }: Planned): readonly string[] {
  const { reload, stopWaitSecs, stopSignal } = spec;
  const { sockets, ownEach } = look(os, pid);
  const addresses = [...sockets, ...ownEach];
  const refusal = callRefusal(member);
  const check = effectiveCheck(reload.readyCheck, false, addresses, { server, listens: false, made: true });
  const { signal, byItself } = leavingOf(server, words, stopSignal);
  const told = `pid ${pid} gets ${signalName(signal ?? stopSignal)}`;
  const files = pidFilesOf(server, words, spec.directory).slice(0, 1);
  return [
    `handover: ${signalName(reload.signal)} to pid ${pid}, which makes its own successor${addresses.length === 0 ? '' : ` with ${names(addresses)}`}; hupd adopts it`,
    `found by: ${['what it executes beside itself', ...files, ...(reload.readyCheck.kind === 'notify' ? ['MAINPID'] : [])].join(', ')}`,
    ...(refusal === null ? [] : [`it would fail: ${refusal}`]),
    `ready by: ${describeCheck(check)}, within ${reload.timeoutSecs} s; else the successor goes and pid ${pid} serves on`,
    byItself
      ? `then pid ${pid} ends by itself; ${told} if it has not after ${reload.overlapSecs} s and stopwaitsecs=${stopWaitSecs}`
      : `then both serve for ${reload.overlapSecs} s, and ${told}`,
  ];
}

/** Why a process that is to make its own successor would not, or null. */
export function callRefusal({ current, nextReloadBy, spec }: Member): string | null {
  const { strategy, handover, order, signal } = spec.reload;
  const calls = (nextReloadBy ?? strategy) === 'rolling' && handover === 'signal' && order === 'start_first';
  if (!calls || current === null) return null;
  const { server, sockets } = current.handover;
  const config = server === null ? '' : serverConfig(server, current.words, spec.directory);
  return refuseCall(server, [...current.words, config], signal, sockets.length > 0);
}

function planSuccessor({ os, member, spec, pid, server, words }: Planned): readonly string[] {
  const { reload } = spec;
  const offered = offeredTo(os, member, pid);
  const { sockets: addresses, ownEach } = offered;
  const probe = wantsProbe(reload.readyCheck, addresses, true) && canHaveProbe(server, reload.readyCheck, os, pid);
  const check = effectiveCheck(reload.readyCheck, probe, addresses, { server, listens: ownEach.length > 0 });
  const inherited = (member.current?.handover.sockets.length ?? 0) > 0;
  const refusal =
    refuseHandover(server, words, addresses, inherited) ?? refuseReadyFd(reload.readyCheck, addresses.length);
  const leaving = leavingOf(server, words, spec.stopSignal);
  const whyNone = reload.handover === 'none' ? 'as reload_handover says' : offered.problem;
  return [
    `handover: ${member.fcgi?.describe() ?? describeHandover({ server, addresses, ownEach, probe, whyNone })}`,
    ...(offered.problem === null || addresses.length === 0 ? [] : [`but: ${offered.problem}`]),
    ...(refusal === null ? [] : [`it would fail: ${refusal}`]),
    `ready by: ${describeCheck(check)}, within ${reload.timeoutSecs} s; else the successor goes and pid ${pid} serves on`,
    `then both serve for ${reload.overlapSecs} s, and pid ${pid} gets ${signalName(leaving.signal ?? spec.stopSignal)}`,
  ];
}

interface Seen extends Omit<Borrowed, 'sockets'> {
  readonly sockets: readonly SocketAddress[];
}

function offeredTo(os: Os, member: Member, pid: number): Seen {
  const { handover, sockets } = member.spec.reload;
  if (member.fcgi !== null || handover === 'none') return { sockets: [], ownEach: [], problem: null };
  return sockets.length > 0 ? { sockets, ownEach: [], problem: null } : look(os, pid);
}

/** Its sockets are taken for a look and let go again. */
function look(os: Os, pid: number): Seen {
  const { sockets, ownEach, problem } = os.borrowListeners(pid);
  for (const socket of sockets) os.closeSocket(socket);
  return { sockets: sockets.map(({ address }) => address), ownEach, problem };
}

/** What the signal really does to that server, if that is worth a word. */
function but({ server, words }: Planned, signal: number): readonly string[] {
  const fact = server === null ? null : signalFact(server, words, signal);
  if (fact === null || fact.text === '') return [];
  return [`but: of ${server?.name}, ${signalName(signal)} ${fact.text}`];
}
