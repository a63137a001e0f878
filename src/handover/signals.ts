/** What signals do to the server that a command line starts. */
import type { Leaving } from '../core/turn.ts';
import { hasOption } from './command-line.ts';
import type { ServerProfile, SignalFact } from './profiles/profile.ts';

/** null: nothing is known of it. */
export function signalFact(server: ServerProfile, words: readonly string[], signal: number): SignalFact | null {
  return factsFor(server, words).find((fact) => fact.signal === signal) ?? null;
}

/** The signal that ends it when the requests under way are answered; null: none is known. */
export function gracefulSignal(server: ServerProfile, words: readonly string[]): number | null {
  return factsFor(server, words).find(({ does }) => does === 'graceful')?.signal ?? null;
}

/** The program's own stop signal, unless that is known to be worse than another. */
export function leavingOf(server: ServerProfile | null, words: readonly string[], stopSignal: number): Leaving {
  if (server === null) return { signal: null, pause: null, byItself: true };
  const facts = factsFor(server, words);
  const byItself = !server.signals.some(({ does }) => does === 'successor');
  const stop = facts.find(({ signal }) => signal === stopSignal)?.does;
  const graceful = gracefulSignal(server, words);
  if (stop === 'graceful') return { signal: null, pause: null, byItself };
  if (graceful !== null) return { signal: graceful, pause: null, byItself };
  const ends = stop === 'quick' || facts.length === 0;
  const quick = facts.find(({ does }) => does === 'quick')?.signal ?? null;
  return { signal: ends ? null : quick, pause: server.pauses, byItself };
}

/** Those that hold with these options, the first one for each signal. */
function factsFor(server: ServerProfile, words: readonly string[]): readonly SignalFact[] {
  const facts: SignalFact[] = [];
  for (const fact of server.signals) {
    const holds =
      (fact.with === undefined || hasOption(words, fact.with)) &&
      (fact.without === undefined || !hasOption(words, fact.without));
    if (holds && facts.every(({ signal }) => signal !== fact.signal)) facts.push(fact);
  }
  return facts;
}
