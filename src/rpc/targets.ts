/** From the name in a call to the processes it means, and the result structs of calls that mean many. */
import { makeNamespec, splitNamespec } from '../core/namespec.ts';
import type { GroupView, ProcessView, Supervision } from '../runtime/supervision.ts';
import type { RpcValue } from './codec.ts';
import { faultCodes } from './contract.ts';
import { type Answer, answer, fault, faultText, wrongArgument } from './method.ts';

export type Target =
  | { readonly kind: 'process'; readonly name: string; readonly process: ProcessView }
  | { readonly kind: 'group'; readonly group: GroupView; readonly groupName: string }
  | { readonly kind: 'wrong'; readonly answer: Answer };

/** Of `name`, `group:name` or `group:*`. A group that does not exist is named as the client wrote it. */
export function findTarget(daemon: Supervision, name: RpcValue | undefined): Target {
  if (typeof name !== 'string') return { kind: 'wrong', answer: wrongArgument };
  const spec = splitNamespec(name);
  if (spec.process === null) {
    const group = daemon.group(spec.group);
    if (group !== null) return { kind: 'group', group, groupName: spec.group };
  } else {
    const process = daemon.process(spec.group, spec.process);
    if (process !== null) return { kind: 'process', name, process };
  }
  return { kind: 'wrong', answer: fault('BAD_NAME', name) };
}

/** The same where only one process will do. */
export function findProcess(
  daemon: Supervision,
  name: RpcValue | undefined,
): Extract<Target, { kind: 'process' | 'wrong' }> {
  const target = findTarget(daemon, name);
  if (target.kind === 'group') return { kind: 'wrong', answer: fault('BAD_NAME', String(name)) };
  return target;
}

/** A group by its own name, as the group methods take it. */
export function findGroup(
  daemon: Supervision,
  name: RpcValue | undefined,
): Extract<Target, { kind: 'group' | 'wrong' }> {
  if (typeof name !== 'string') return { kind: 'wrong', answer: wrongArgument };
  const group = daemon.group(name);
  return group === null
    ? { kind: 'wrong', answer: fault('BAD_NAME', name) }
    : { kind: 'group', group, groupName: name };
}

/** Every process, in (priority, name) order of groups and, within one, of processes. */
export function allProcesses(daemon: Supervision): readonly ProcessView[] {
  return daemon.groups().flatMap((group) => group.processes);
}

export function namespecOf(process: ProcessView): string {
  return makeNamespec(process.group, process.name);
}

/** One row of the answer to a call that means many processes. */
export type ResultStruct = {
  readonly name: string;
  readonly group: string;
  readonly status: number;
  readonly description: string;
};

export function resultStruct(process: ProcessView, outcome: Answer): ResultStruct {
  const [status, description] =
    'fault' in outcome ? [faultCodes[outcome.fault], faultText(outcome)] : [faultCodes.SUCCESS, 'OK'];
  return { name: process.name, group: process.group, status, description };
}

/** Ends that are no further apart count as one moment: as long as supervisord waits between two looks. */
const momentMs = 50;

/** All at once; the results in the order in which they came, those of one moment in the order given. */
export async function forEachProcess(
  processes: readonly ProcessView[],
  act: (process: ProcessView) => Answer | Promise<Answer>,
  clock: () => number = () => performance.now(),
): Promise<Answer> {
  const ended: ResultStruct[] = [];
  let moment: Array<{ readonly index: number; readonly result: ResultStruct }> = [];
  let last = clock();
  const endMoment = (): void => {
    ended.push(...moment.sort((a, b) => a.index - b.index).map(({ result }) => result));
    moment = [];
  };
  await Promise.all(
    processes.map(async (process, index) => {
      const result = resultStruct(process, await act(process));
      const now = clock();
      if (now - last > momentMs) endMoment();
      last = now;
      moment.push({ index, result });
    }),
  );
  endMoment();
  return answer(ended);
}
