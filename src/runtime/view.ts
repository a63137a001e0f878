/** A member as clients see it. */
import { aliveGenerations, currentGeneration, type Process } from '../core/process.ts';
import type { Member } from './member.ts';
import type { ProcessView } from './supervision.ts';

export function viewOf(member: Member, reloadId: number | null, restarts: number): ProcessView {
  const { process, spec, logs } = member;
  return {
    group: spec.group,
    name: spec.name,
    spec,
    state: member.state,
    pid: currentGeneration(process)?.pid ?? 0,
    startedAt: process.startedAt,
    stoppedAt: process.stoppedAt,
    spawnError: process.spawnError,
    exitCode: process.exitCode,
    stdoutLog: logs.stdout.path,
    stderrLog: logs.stderr.path,
    generation: process.generations,
    generations: aliveGenerations(process).map(({ number, pid, startedAt, role }) => ({
      number,
      pid,
      startedAt,
      role,
    })),
    reloadId,
    lastAnswer: lastAnswer(process),
    restarts,
  };
}

/** What a ready check that is waited for said last; '' when none is. */
export function lastAnswer({ life, reload }: Process): string {
  if (reload !== null && 'lastAnswer' in reload) return reload.lastAnswer;
  return life.state === 'STARTING' && life.gate.kind === 'ready' ? life.gate.lastAnswer : '';
}
