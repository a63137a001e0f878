/**
 * What a take-over would do, decided from the facts alone: which programs go on under hupd, what is different for whom, or why it is not to be
 * done at all. Nothing may be found out on the way: all that could fail is looked at first.
 */
import { makeNamespec } from '../core/namespec.ts';
import type { Config, ProcessSpec } from '../core/spec.ts';
import type { Survey, SurveyedProcess, UnitFacts } from './survey.ts';

export interface PlannedProcess {
  readonly found: SurveyedProcess;
  readonly spec: ProcessSpec;
  /** What is not as it was before, or not as one might think. */
  readonly notes: readonly string[];
}

export interface TakeOverPlan {
  /** Why nothing may be done; empty: it can. */
  readonly refusals: readonly string[];
  /** Go on with their pids. */
  readonly alive: readonly PlannedProcess[];
  /** Are down and stay so, in the state they have. */
  readonly down: readonly PlannedProcess[];
  /** Only in hupd's file: start as that says. */
  readonly fresh: readonly ProcessSpec[];
  /** Only in supervisord, and down: forgotten. */
  readonly dropped: readonly SurveyedProcess[];
}

const supervisordRunning = 'RUNNING';

export function planTakeOver(config: Config, survey: Survey, ownUid: number): TakeOverPlan {
  const specs = new Map(
    config.groups.flatMap(({ processes }) => processes).map((spec) => [key(spec.group, spec.name), spec]),
  );
  const alive: PlannedProcess[] = [];
  const down: PlannedProcess[] = [];
  const dropped: SurveyedProcess[] = [];
  const refusals = [...daemonRefusals(survey, ownUid)];
  for (const found of survey.processes) {
    const spec = specs.get(key(found.group, found.name));
    specs.delete(key(found.group, found.name));
    const refusal = processRefusal(found, spec !== undefined, survey.pid);
    if (refusal !== null) refusals.push(`${makeNamespec(found.group, found.name)} ${refusal}`);
    else if (spec === undefined) dropped.push(found);
    else if (found.pid === 0) down.push({ found, spec, notes: [] });
    else alive.push({ found, spec, notes: notesOn(found, spec) });
  }
  return { refusals, alive, down, fresh: [...specs.values()], dropped };
}

function* daemonRefusals(survey: Survey, ownUid: number): Iterable<string> {
  const { url, version, pid, kernel, stateName, refusal, unit } = survey;
  if (survey.isHupd) {
    yield `${url} is served by a hupd already: hupctl upgrade replaces that one`;
    return;
  }
  if (!/^[3-9]\./.test(version)) yield `supervisord ${version} is not known here: 3.0 or newer is`;
  if (stateName !== supervisordRunning) yield `supervisord is ${stateName}: wait until it is RUNNING`;
  if (pid === 1) yield 'supervisord is process 1: the machine, or its container, would end with it';
  if (kernel === null) {
    yield `there is no process ${pid} here: supervisord runs on another machine or in another container`;
    return;
  }
  if (ownUid !== 0 && kernel.uid !== ownUid)
    yield `supervisord runs as uid ${kernel.uid}: start hupd as that user, or as root`;
  if (refusal !== null) yield refusal;
  if (unit !== null) yield* unitRefusals(unit);
}

function* unitRefusals({ name, killMode, restart, isMasked }: UnitFacts): Iterable<string> {
  if (killMode !== 'process' && killMode !== 'none') {
    yield `systemd ends every program of ${name} together with supervisord (KillMode=${killMode}): set KillMode=process by systemctl edit --runtime ${name} first`;
  }
  if (restart !== 'no' && !isMasked) {
    yield `systemd would start supervisord again (${name}: Restart=${restart}): systemctl mask --runtime ${name} first`;
  }
}

/** null: nothing speaks against it. */
function processRefusal(
  { stateName, pid, kernel }: SurveyedProcess,
  isKnown: boolean,
  daemonPid: number,
): string | null {
  if (stateName === 'STOPPING') return 'is STOPPING: wait until it is down';
  if (stateName === 'UNKNOWN') return 'is in state UNKNOWN: stop it first';
  if (pid === 0) return null;
  if (!isKnown) return `runs with pid ${pid} and is not in the configuration file: add it, or stop it first`;
  if (kernel === null) return `is said to have pid ${pid}, and there is no such process here`;
  if (kernel.ppid !== daemonPid) return `(pid ${pid}) is not a child of supervisord (pid ${daemonPid})`;
  // A stopped process group that loses its parent gets SIGHUP from the kernel (POSIX, orphaned process groups).
  if (kernel.state === 'T' || kernel.state === 't') return `(pid ${pid}) is stopped by a signal: continue it first`;
  return null;
}

function notesOn({ kernel, stateName }: SurveyedProcess, spec: ProcessSpec): string[] {
  const notes: string[] = [];
  if (stateName === 'STARTING') notes.push(`it is RUNNING once startsecs (${spec.startSecs}) are over since its start`);
  const { stdin, stdout, stderr } = kernel?.pipes ?? { stdin: null, stdout: null, stderr: null };
  if (stdin === null && spec.kind !== 'fcgi-program') notes.push('it has closed its stdin');
  if (stdout === null) notes.push('it has closed its stdout: nothing more is read');
  if (stderr === null && !spec.redirectStderr) notes.push('it has closed its stderr: nothing more is read');
  return notes;
}

const key = (group: string, name: string): string => `${group}\n${name}`;
