/** Every case of the bench, in the order of the table. */
import type { Need } from '../../support/needs.ts';
import { type Connections, measureServer } from './measure.ts';
import type { Outcome } from './outcome.ts';
import type { ServerRow, Strategy } from './row.ts';
import { others } from './rows/others.ts';
import { ownRows } from './rows/own.ts';
import { python } from './rows/python.ts';

export interface Case {
  readonly name: string;
  readonly needs: readonly Need[];
  readonly says: readonly string[];
  measure(): Promise<readonly Outcome[]>;
  /** What is known of a result that is red; '' when nothing is. */
  why(outcome: Outcome): string;
}

const strategies: readonly Strategy[] = ['rolling', 'hup', 'restart'];

export const servers: readonly ServerRow[] = [...python, ...others, ...ownRows];

function caseOf(row: ServerRow): Case {
  const ways: readonly Connections[] = row.traffic === undefined ? ['new', 'kept'] : ['jobs'];
  return {
    name: row.name,
    needs: row.needs,
    says: row.says,
    measure: async () => {
      const outcomes: Outcome[] = [];
      for (const connections of ways) {
        for (const strategy of strategies) outcomes.push(...(await measureServer(row, strategy, connections)));
      }
      return outcomes;
    },
    why: ({ kind, connections }) => (connections === 'kept' ? row.whyKept?.[kind] : null) ?? row.why?.[kind] ?? '',
  };
}

export const cases: readonly Case[] = servers.map(caseOf);
