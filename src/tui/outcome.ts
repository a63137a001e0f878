/** What comes of a key or a click: the next model, and what is wanted of the server or of the terminal. */
import { confirmation } from './confirm.ts';
import type { Model, Wish } from './model.ts';

export type Effect =
  | { readonly do: 'wish'; readonly wish: Wish }
  | { readonly do: 'quit' }
  | { readonly do: 'suspend' }
  | { readonly do: 'redraw' };

export interface Outcome {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

export function only(model: Model): Outcome {
  return { model, effects: [] };
}

/** Carried out, or asked about first. */
export function wish(model: Model, it: Wish): Outcome {
  const question = confirmation(model, it);
  if (question !== null) return only({ ...model, mode: { kind: 'confirm', wish: it, question } });
  return { model, effects: [{ do: 'wish', wish: it }] };
}
