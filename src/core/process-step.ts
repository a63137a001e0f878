/**
 * What a process does when something happens to it. A pure function of the process, the event, its specification and the time; called from
 * one place, never re-entered.
 */
import { handle } from './lifecycle.ts';
import type { Process } from './process.ts';
import { intercept, observe } from './reload/step.ts';
import { type ProcessEffect, type ProcessEvent, type StepContext, Turn } from './turn.ts';

export function step(
  process: Process,
  event: ProcessEvent,
  context: StepContext,
): { readonly process: Process; readonly effects: readonly ProcessEffect[] } {
  const turn = new Turn(process, context);
  if (answersSpawning(event)) turn.process.spawning = null;
  if (!intercept(turn, event)) handle(turn, event);
  observe(turn);
  return { process: turn.process, effects: turn.effects };
}

function answersSpawning({ event }: ProcessEvent): boolean {
  return event === 'spawned' || event === 'spawn-failed' || event === 'adopted' || event === 'not-adopted';
}
