/** One start of a process, while it is alive. Times of `since`: mono; `startedAt`: wall. */
export interface Generation {
  readonly number: number;
  readonly pid: number;
  readonly since: number;
  readonly startedAt: number;
}
