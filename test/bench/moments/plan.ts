/** What happens at which moment of which reload: all of it follows from the seed. */
import fc from 'fast-check';

/** Bound by hupd (`socket=`), or by the program itself and borrowed from it. */
export type SocketKind = 'held tcp' | 'held unix' | 'borrowed tcp' | 'borrowed unix';

/** `update` changes the program's section, `remove` takes it out of the file. */
export const deeds = ['stop', 'shutdown', 'update', 'remove', 'reload', 'kill old', 'kill new'] as const;
export type Deed = (typeof deeds)[number];

export interface Plan {
  readonly seed: number;
  readonly deed: Deed;
  /** So many facts of the reload have been told, then so many milliseconds have passed. */
  readonly afterFacts: number;
  readonly offsetMs: number;
  readonly strategy: 'rolling' | 'restart' | 'hup';
  readonly socket: SocketKind;
  readonly readyCheck: 'auto' | 'accept';
  /** How long a generation takes to come, and to leave. */
  readonly bootMs: number;
  readonly leaveMs: number;
  /** The new version can not start. */
  readonly broken: boolean;
}

/** A rolling reload tells nine. */
const mostFacts = 9;

export function planOf(seed: number): Plan {
  const often = <T>(usual: T, ...rare: readonly T[]) =>
    fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...rare) });
  const plan = fc.record({
    afterFacts: fc.nat(mostFacts),
    offsetMs: fc.oneof(fc.constant(0), fc.nat(60)),
    strategy: often<Plan['strategy']>('rolling', 'restart', 'hup'),
    socket: fc.constantFrom<SocketKind>('held tcp', 'held unix', 'borrowed tcp', 'borrowed unix'),
    readyCheck: fc.constantFrom<Plan['readyCheck']>('auto', 'accept'),
    bootMs: fc.constantFrom(0, 20, 100),
    leaveMs: fc.constantFrom(0, 20, 100),
    broken: often(false, true),
  });
  const [made] = fc.sample(plan, { seed, numRuns: 1 });
  if (made === undefined) throw new Error('fast-check made no plan');
  // Each deed as often as the others, whatever the number of seeds.
  return { seed, deed: deeds[seed % deeds.length] ?? 'stop', ...made };
}
