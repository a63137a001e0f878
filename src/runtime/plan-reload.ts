/** What a reload of a process would do, in words, without touching anything but a look at its sockets. */

import { wantsProbe } from '../core/ready-check.ts';
import { splitCommand } from '../core/shell-words.ts';
import { signalName } from '../core/signals.ts';
import type { ProcessSpec } from '../core/spec.ts';
import { isRunningState } from '../core/states.ts';
import { describeHandover, names, refuseCall, refuseHandover } from '../handover/describe.ts';
import { canHaveProbe } from '../handover/handover.ts';
import type { ServerProfile } from '../handover/profiles/profile.ts';
import { recognise } from '../handover/profiles/recognise.ts';
import { pidFilesOf, serverConfig } from '../handover/server-files.ts';
import { leavingOf, signalFact } from '../handover/signals.ts';
import type { Borrowed, Os } from '../os/os.ts';
import { describeCheck, effectiveCheck } from '../readiness/start-check.ts';
import type { Member } from './member.ts';

interface Planned {
  readonly os: Os;
  readonly member: Member;
  readonly spec: ProcessSpec;
  readonly pid: number;
  readonly words: readonly string[];
  readonly server: ServerProfile | null;
}

export function planReload(os: Os, member: Member): readonly string[] {
  const { spec, current } = member;
  const { reload } = spec;
  const split = splitCommand(spec.command);
  const words = 'error' in split ? [] : split;
  const server = recognise(words);
  const lines = [`strategy: ${reload.strategy}${server === null ? '' : ` (known server: ${server.name})`}`];
  if (reload.test !== null) lines.push(`first: ${reload.test}; a failure ends the reload`);
  if (current === null || !isRunningState(member.state))
    return [...lines, `it is ${member.state}: it would be started`];
  const planned = { os, member, spec, pid: current.pid, words, server };
  lines.push(...planRunning(planned));
  if (member.process.reload !== null) lines.push('a reload is under way: another would be refused');
  return lines;
}

function planRunning(planned: Planned): readonly string[] {
  const { spec, pid } = planned;
  const { reload } = spec;
  if (reload.strategy === 'hup') {
    const { signal } = reload;
    return [`${signalName(signal)} to pid ${pid}, which must stay up for ${spec.startSecs} s`, ...but(planned, signal)];
  }
  if (reload.strategy === 'restart' || reload.order === 'stop_first') {
    const parked = reload.sockets.length > 0 ? '; clients wait meanwhile' : '';
    return [`${signalName(spec.stopSignal)} to pid ${pid}, then a new start${parked}`];
  }
  return reload.handover === 'signal' ? planCall(planned) : planSuccessor(planned);
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
  const refusal = refuseHandover(server, words, addresses, inherited);
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
  readonly sockets: readonly ProcessSpec['reload']['sockets'][number][];
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
