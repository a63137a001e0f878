/** What is to be reached, as ratios of one run. */
import type { Bound, Goal } from './figures.ts';

export const goals: readonly Goal[] = [
  { subject: 'start, ', than: 'supervisord', atMost: 0.25 },
  { subject: 'start, ', than: 's6-svscan', atMost: 1.5 },
  { subject: 'stop, ', than: 'supervisord', atMost: 0.5 },
  { subject: 'private memory, ', than: 'supervisord', atMost: 1 },
  { subject: 'proportional memory, ', than: 'supervisord', atMost: 1 },
  { subject: 'crash to next start', than: 'supervisord', atMost: 0.01 },
  { subject: 'rate of get', than: 'supervisord', atLeast: 5 },
  { subject: 'status, ', than: 'supervisord', atMost: 0.4 },
  { subject: 'status, ', than: 'bare node', atMost: 1.3 },
  { subject: 'log, writes of 100 kB: CPU', than: 'supervisord', atMost: 0.5 },
  { subject: 'log, line by line: CPU', than: 'supervisord', atMost: 0.5 },
  { subject: 'log, writes of 100 kB: rate', than: 'supervisord', atLeast: 1 },
  { subject: 'log, line by line: rate', than: 'supervisord', atLeast: 1 },
  { subject: 'p99.9 of', than: 'no reload', atMost: 2 },
];

export const bounds: readonly Bound[] = [
  { subject: 'wake-ups at rest', below: 0.1 },
  { subject: 'CPU at rest', below: 0.02 },
  { subject: 'log, writes of 100 kB: RPC p99', below: 10 },
  { subject: 'log, line by line: RPC p99', below: 10 },
  { subject: 'reload overhead', below: 150 },
  { subject: 'requests that failed', below: 0 },
];
