/** The columns of the table: their headings, their widths, and by what they sort. */
import type { ProcessRow, Usage } from './model.ts';

export type SortColumn = 'name' | 'state' | 'pid' | 'generation' | 'uptime' | 'cpu' | 'memory' | 'restarts' | 'ready';

export interface Column {
  readonly id: SortColumn;
  readonly heading: string;
  readonly width: number;
  readonly right: boolean;
  /** In words, for the menu. */
  readonly title: string;
  /** Whether the largest comes first when it is chosen. */
  readonly largestFirst: boolean;
}

/** After the name, which takes what they leave. */
export const columns: readonly Column[] = [
  { id: 'state', heading: 'STATE', width: 10, right: false, title: 'state, the worst first', largestFirst: true },
  { id: 'pid', heading: 'PID', width: 7, right: true, title: 'pid', largestFirst: false },
  { id: 'generation', heading: 'GEN', width: 5, right: true, title: 'generation', largestFirst: true },
  { id: 'uptime', heading: 'UPTIME', width: 7, right: true, title: 'uptime, the newest first', largestFirst: false },
  { id: 'cpu', heading: 'CPU%', width: 5, right: true, title: 'CPU', largestFirst: true },
  { id: 'memory', heading: 'MEM', width: 5, right: true, title: 'memory', largestFirst: true },
  { id: 'restarts', heading: 'RST', width: 4, right: true, title: 'restarts', largestFirst: true },
  {
    id: 'ready',
    heading: 'READY',
    width: 6,
    right: false,
    title: 'readiness, what is not ready first',
    largestFirst: false,
  },
];

export const nameColumn: Column = {
  id: 'name',
  heading: 'NAME',
  width: 0,
  right: false,
  title: 'name',
  largestFirst: false,
};

export const sortColumns: readonly Column[] = [nameColumn, ...columns];

/** What needs a person stands at the end; a sort turns it round. */
const severity: Readonly<Record<ProcessRow['state'], number>> = {
  STOPPED: 0,
  EXITED: 1,
  RUNNING: 2,
  STOPPING: 3,
  STARTING: 4,
  BACKOFF: 5,
  UNKNOWN: 6,
  FATAL: 7,
};

/** What a process is sorted by, a number; null sorts to the end, whichever way. */
export function sortValue(column: SortColumn, process: ProcessRow, usage: Usage | undefined): number | null {
  switch (column) {
    case 'name':
      return 0;
    case 'state':
      return severity[process.state];
    case 'pid':
      return process.pid === 0 ? null : process.pid;
    case 'generation':
      return process.extras?.generation ?? null;
    case 'uptime':
      return process.pid === 0 ? null : -process.startedAt;
    case 'cpu':
      return usage?.cpuPercent ?? null;
    case 'memory':
      return usage?.rssBytes ?? null;
    case 'restarts':
      return process.extras?.restarts ?? null;
    case 'ready':
      return process.extras === null || process.pid === 0 ? null : process.state === 'RUNNING' ? 1 : 0;
  }
}

export function worst(states: readonly ProcessRow['state'][]): ProcessRow['state'] {
  return states.reduce((a, b) => (severity[b] > severity[a] ? b : a), states[0] ?? 'STOPPED');
}
