/** What a reload of a process would do, in words, without touching anything but a look at its sockets. */

import { splitCommand } from '../core/shell-words.ts';
import { signalName } from '../core/signals.ts';
import { isRunningState } from '../core/states.ts';
import { recognise } from '../handover/profiles/recognise.ts';
import type { Os } from '../os/os.ts';
import { describeCheck, effectiveCheck } from '../readiness/start-check.ts';
import type { Member } from './member.ts';

export function planReload(os: Os, member: Member): readonly string[] {
  const { spec, process } = member;
  const { reload } = spec;
  const lines = [`strategy: ${reload.strategy}`];
  const { current } = member;
  if (reload.test !== null) lines.push(`first: ${reload.test}; a failure ends the reload`);
  if (current === null || !isRunningState(member.state))
    return [...lines, `it is ${member.state}: it would be started`];
  if (reload.strategy === 'hup') {
    return [...lines, `${signalName(reload.signal)} to pid ${current.pid}, which must stay up for ${spec.startSecs} s`];
  }
  if (reload.strategy === 'restart' || reload.order === 'stop_first') {
    return [...lines, `${signalName(spec.stopSignal)} to pid ${current.pid}, then a new start`];
  }
  if (member.fcgi !== null) lines.push(`handover: ${member.fcgi.describe()}`);
  const sockets =
    member.fcgi !== null || reload.handover === 'none' ? [] : lookAtSockets(os, member, current.pid, lines);
  const check = effectiveCheck(reload.readyCheck, sockets.length > 0);
  lines.push(
    `ready by: ${describeCheck(check)}, within ${reload.timeoutSecs} s; else the successor goes and pid ${current.pid} serves on`,
    `then both serve for ${reload.overlapSecs} s, and pid ${current.pid} gets ${signalName(spec.stopSignal)}`,
  );
  if (process.reload !== null) lines.push('a reload is under way: another would be refused');
  return lines;
}

function lookAtSockets(os: Os, member: Member, pid: number, lines: string[]): readonly string[] {
  const configured = member.spec.reload.sockets;
  const borrowed = configured.length > 0 ? null : os.borrowListeners(pid);
  for (const socket of borrowed?.sockets ?? []) os.closeSocket(socket);
  const addresses = configured.length > 0 ? configured : (borrowed?.sockets ?? []).map(({ address }) => address);
  const names = addresses.map((address) =>
    address.kind === 'unix' ? `unix:${address.path}` : `${address.host}:${address.port}`,
  );
  const words = splitCommand(member.spec.command);
  const profile = 'error' in words ? null : recognise(words);
  lines.push(
    names.length === 0
      ? 'handover: none, it listens on no socket that could be handed over'
      : `handover: ${names.join(', ')} by LISTEN_FDS and the other dialects${profile === null ? '' : ` (known server: ${profile.name})`}`,
  );
  if (borrowed !== null && borrowed.problem !== null) lines.push(`but: ${borrowed.problem}`);
  return names;
}
