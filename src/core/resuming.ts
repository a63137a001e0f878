/**
 * What a daemon has to do again for a process that it has taken up from an earlier one: effects that were under way and died with that one. The
 * state itself goes on as it is, deadlines and all.
 */
import { currentGeneration, type Process } from './process.ts';
import type { ProcessSpec } from './spec.ts';
import type { ProcessEffect } from './turn.ts';

export function effectsUnderWay(process: Process, spec: ProcessSpec): readonly ProcessEffect[] {
  const effects: ProcessEffect[] = [];
  const { life, reload, spawning } = process;
  const current = currentGeneration(process);
  if (spawning !== null && reload?.phase !== 'calling') {
    const predecessor = reload?.phase === 'spawning' ? (current?.pid ?? null) : null;
    effects.push({ effect: 'spawn', generation: spawning, predecessor });
  }
  if (life.state === 'STARTING' && life.gate.kind === 'ready') {
    const { number, pid } = life.current;
    effects.push({ effect: 'check-ready', generation: number, pid, afterSignal: false });
  }
  switch (reload?.phase) {
    case 'testing':
      if (spec.reload.test === null) break;
      effects.push({ effect: 'run-reload-test', command: spec.reload.test });
      break;
    case 'calling':
      if (current === null) break;
      effects.push({ effect: 'follow', generation: reload.generation, predecessor: current.pid });
      break;
    case 'waiting': {
      const { number, pid } = reload.successor;
      effects.push({ effect: 'check-ready', generation: number, pid, afterSignal: false });
      break;
    }
    case 'watching':
      if (reload.ready || current === null) break;
      effects.push({ effect: 'check-ready', generation: current.number, pid: current.pid, afterSignal: true });
      break;
    case 'spawning':
    case 'overlapping':
    case 'leaving':
    case 'retiring':
    case 'stopping':
    case 'starting':
    case undefined:
      break;
  }
  return effects;
}
