/** What the processes use, as it was when somebody last asked: however many clients watch, the system is asked at most once a second. */
import { aliveGenerations } from '../core/process.ts';
import type { Os } from '../os/os.ts';
import type { Member } from './member.ts';
import type { UsageView } from './supervision.ts';

const freshMs = 1000;

interface Reading {
  /** mono */
  readonly begun: number;
  readonly answer: Promise<{ readonly at: number; readonly rows: readonly UsageView[] }>;
}

export class UsageReading {
  readonly #os: Os;
  #last: Reading | null = null;

  constructor(os: Os) {
    this.#os = os;
  }

  read(members: () => Iterable<Member>): Reading['answer'] {
    const { mono } = this.#os.clock.now();
    if (this.#last === null || mono - this.#last.begun >= freshMs) {
      this.#last = { begun: mono, answer: this.#readNow([...members()]) };
    }
    return this.#last.answer;
  }

  async #readNow(members: readonly Member[]): Reading['answer'] {
    const rows = members
      .map(({ spec, process }) => ({ spec, pids: aliveGenerations(process).map(({ pid }) => pid) }))
      .filter(({ pids }) => pids.length > 0);
    const found = await this.#os.usage(rows.flatMap(({ pids }) => pids));
    return {
      at: this.#os.clock.now().wall,
      rows: rows.map(({ spec: { group, name }, pids }) => {
        const usages = pids.flatMap((pid) => found.get(pid) ?? []);
        const sum = (of: 'cpuSecs' | 'rssBytes' | 'processes') => usages.reduce((total, usage) => total + usage[of], 0);
        const pid = pids[0] ?? 0;
        const generations = pids.map((pid) => ({ pid, processes: found.get(pid)?.processes ?? 0 }));
        return {
          group,
          name,
          pid,
          cpuSecs: sum('cpuSecs'),
          rssBytes: sum('rssBytes'),
          processes: sum('processes'),
          generations,
        };
      }),
    };
  }
}
