/** The way into a reload: what clients ask for is begun or refused, and each process goes into it when its turn has come. */
import { makeNamespec } from '../core/namespec.ts';
import { reloadRefusal } from '../core/reload/step.ts';
import type { Engine } from './engine.ts';
import type { Groups } from './groups.ts';
import type { Member } from './member.ts';
import { callRefusal } from './plan-reload.ts';
import { refusal } from './refusal.ts';
import type { Reloads } from './reloads.ts';
import type { Supervision } from './supervision.ts';

export interface ReloadRequestsOptions {
  readonly groups: Groups;
  readonly engine: Engine;
  readonly reloads: Reloads;
}

export class ReloadRequests {
  readonly #options: ReloadRequestsOptions;

  constructor(options: ReloadRequestsOptions) {
    this.#options = options;
  }

  /** As `Supervision` has it: all of them, or none. */
  begin(...[target, processes]: Parameters<Supervision['reload']>): ReturnType<Supervision['reload']> {
    const { groups, reloads } = this.#options;
    const chosen = [];
    for (const { group, name } of processes) {
      const member = groups.find(group, name);
      if (member === null) return refusal('BAD_NAME', makeNamespec(group, name));
      const why = this.hindrance(member);
      if (why !== null) return refusal('FAILED', `${makeNamespec(group, name)} can not be reloaded now: ${why}`);
      const groupPriority = groups.get(group)?.spec.priority ?? 0;
      chosen.push({ group, name, spec: member.spec, groupPriority });
    }
    return { ok: true, id: reloads.begin(target, chosen) };
  }

  /** Why this process can not be part of a reload that begins now; null: it can. */
  hindrance({ spec, process }: Member): string | null {
    const running = this.#options.reloads.of(spec.group, spec.name);
    return running === null ? reloadRefusal(process) : `reload ${running} of it is under way`;
  }

  /** Its turn in a reload that has begun: it may have become another than it was then. */
  reloadProcess(group: string, name: string): void {
    const { groups, engine, reloads } = this.#options;
    const member = groups.find(group, name);
    const why = member === null ? 'it was removed' : (reloadRefusal(member.process) ?? callRefusal(member));
    if (member === null || why !== null) reloads.processEnded(group, name, false, why ?? '');
    else engine.post(member, { event: 'reload', strategy: member.nextReloadBy ?? member.spec.reload.strategy });
  }
}
