/**
 * Takes a supervisord's programs in three steps, each of which can be called off until the last:
 *
 *   ask, plan ─► frozen (SIGSTOP): what it holds is open here as well ─► hupd is up ─► commit: SIGKILL, which it can not answer by stopping anybody
 *                  └─ called off: SIGCONT, and it goes on as if nothing had happened
 */
import { type Carried, type CarriedSocket, carriedFormat } from '../core/carried.ts';
import type { Config } from '../core/spec.ts';
import { openLinuxOs } from '../os/linux-os.ts';
import type { HeldSocket, Os } from '../os/os.ts';
import { addressOf } from './address.ts';
import { askSupervisord } from './ask.ts';
import { carriedFrom } from './carried-from.ts';
import { describePlan } from './describe.ts';
import { freezeAtRest, thaw } from './freeze.ts';
import { planTakeOver, type TakeOverPlan } from './plan.ts';
import type { Survey } from './survey.ts';

export type Looked =
  /** `words`: what would be done. */
  | { readonly ok: true; readonly survey: Survey; readonly plan: TakeOverPlan; readonly words: readonly string[] }
  | { readonly ok: false; readonly words: readonly string[] };

export type Taken =
  | { readonly ok: true; readonly words: readonly string[]; readonly carried: Carried; readonly frozen: Frozen }
  | { readonly ok: false; readonly words: readonly string[] };

/** A supervisord that does nothing any more, and can be let go on. */
export interface Frozen {
  /** Ends it. */
  commit(): void;
  callOff(): void;
}

const SIGKILL = 9;
const seizeTries = 5;

/** What would be done, or why not, for somebody who runs no daemon. Nothing is touched. */
export async function previewTakeOver(config: Config, url: string): Promise<Pick<Looked, 'ok' | 'words'>> {
  const opened = openLinuxOs({ runtimeDirectory: '', originalFileLimit: null });
  if (!opened.ok) return { ok: false, words: [opened.problem] };
  const looked = await lookAt(opened.os, config, url);
  opened.os.close();
  return looked;
}

async function lookAt(os: Os, config: Config, url: string): Promise<Looked> {
  const address = addressOf(url, config);
  const asked = await askSupervisord(os, address);
  if (!asked.ok) return { ok: false, words: [`no supervisord can be asked at ${address.serverUrl}: ${asked.why}`] };
  const plan = planTakeOver(config, asked.survey, os.uid);
  const words = describePlan(asked.survey, plan);
  return plan.refusals.length > 0 ? { ok: false, words } : { ok: true, survey: asked.survey, plan, words };
}

/** Freezes it in a moment in which the plan holds. */
export async function seize(os: Os, config: Config, url: string): Promise<Taken> {
  for (let tries = 0; tries < seizeTries; tries += 1) {
    const looked = await lookAt(os, config, url);
    if (!looked.ok) return looked;
    const { survey, plan, words } = looked;
    const { pid } = survey;
    const busy = await freezeAtRest(os, pid);
    if (busy !== null) return { ok: false, words: [`supervisord (pid ${pid}) was left alone: ${busy}`] };
    if (holds(os, survey, plan)) return take(os, config, survey, plan, words);
    thaw(os, pid);
  }
  const why = 'its programs come and go faster than they can be looked at';
  return { ok: false, words: [`supervisord was left alone after ${seizeTries} tries: ${why}`] };
}

/** Its children are those of the plan, and all of them live. */
function holds(os: Os, { pid }: Survey, { alive }: TakeOverPlan): boolean {
  const children = os.descendants(pid).filter((each) => os.stat(each)?.ppid === pid);
  return (
    children.length === alive.length &&
    alive.every(({ found: { pid: child, kernel } }) => {
      const stat = os.stat(child);
      return stat !== null && stat.startTime === kernel?.startTime && stat.state !== 'Z';
    })
  );
}

function take(os: Os, config: Config, survey: Survey, plan: TakeOverPlan, words: readonly string[]): Taken {
  const { pid } = survey;
  const borrowed = os.borrowListeners(pid);
  const head = {
    ...{ record: 'hupd' as const, format: carriedFormat, version: `supervisord ${survey.version}`, boot: os.bootId() },
    ...{ pid, startTime: survey.kernel?.startTime ?? 0 },
  };
  const { sockets } = borrowed;
  const carried = carriedFrom(config, plan, { head, now: os.clock.now(), sockets });
  const used = new Set([...(carried.handed?.servers ?? []), ...fcgiSocketsOf(carried)].map(({ fd }) => fd));
  for (const socket of sockets) if (!used.has(socket.fd)) os.closeSocket(socket);
  return {
    ok: true,
    words,
    carried,
    frozen: frozen(
      os,
      pid,
      sockets.filter(({ fd }) => used.has(fd)),
    ),
  };
}

function fcgiSocketsOf({ processes }: Carried): readonly CarriedSocket[] {
  return [...processes.values()].flatMap(({ fcgi }) => fcgi ?? []);
}

function frozen(os: Os, pid: number, sockets: readonly HeldSocket[]): Frozen {
  return {
    callOff() {
      for (const socket of sockets) os.closeSocket(socket);
      thaw(os, pid);
    },
    commit: () => void os.kill(pid, SIGKILL, false),
  };
}
