import type { Refusal } from './supervision.ts';

export function refusal(fault: Refusal['fault'], text: string): Refusal {
  return { ok: false, fault, text };
}
