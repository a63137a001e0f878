/** Every case of the bench, in the order of the table. */
import type { Case } from './case.ts';
import { groupOfFive, numprocs } from './many.ts';
import { measureServer, type Way } from './measure.ts';
import type { Connections, Outcome } from './outcome.ts';
import type { ServerRow, Strategy } from './row.ts';
import { nginx, others } from './rows/others.ts';
import { ownRows } from './rows/own.ts';
import { gunicornSync, python } from './rows/python.ts';

const strategies: readonly Strategy[] = ['rolling', 'hup', 'restart'];

const servers: readonly ServerRow[] = [...python, ...others, ...ownRows];

function caseOf(row: ServerRow): Case {
  const ways: readonly Connections[] = row.traffic === undefined ? ['new', 'kept'] : ['jobs'];
  return {
    name: row.name,
    needs: row.needs,
    says: row.says,
    measure: async () => {
      const outcomes: Outcome[] = [];
      for (const connections of ways) {
        for (const strategy of strategies) outcomes.push(...(await measureServer(row, { strategy, connections })));
      }
      return outcomes;
    },
    why: whyOf(row),
  };
}

/** A rolling reload of one server in another way than the table's. */
function special(name: string, row: ServerRow, ways: readonly Omit<Way, 'strategy' | 'title'>[]): Case {
  return {
    name,
    needs: row.needs,
    says: row.says,
    measure: async () => {
      const outcomes: Outcome[] = [];
      for (const way of ways)
        outcomes.push(...(await measureServer(row, { strategy: 'rolling', title: name, ...way })));
      return outcomes;
    },
    why: whyOf(row),
  };
}

function whyOf(row: ServerRow): Case['why'] {
  return ({ kind, connections }) => (connections === 'kept' ? row.whyKept?.[kind] : null) ?? row.why?.[kind] ?? '';
}

const highRate = 2000;
const quick = [
  { connections: 'new', rate: highRate, inARow: 1 },
  { connections: 'kept', rate: highRate, inARow: 1 },
] as const;

export const cases: readonly Case[] = [
  ...servers.map(caseOf),
  special('ten reloads of gunicorn in a row', gunicornSync, [{ connections: 'new', inARow: 10 }]),
  special('ten reloads of nginx in a row', nginx, [{ connections: 'new', inARow: 10 }]),
  special(`${highRate} requests/s to nginx`, nginx, quick),
  numprocs,
  groupOfFive,
];
