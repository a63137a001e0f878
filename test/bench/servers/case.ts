/** What the bench is made of: each gives one or more rows of the table. */
import type { Need } from '../../support/needs.ts';
import type { Outcome } from './outcome.ts';

export interface Case {
  readonly name: string;
  readonly needs: readonly Need[];
  /** Prints a version, for the report's head. */
  readonly says: readonly string[];
  measure(): Promise<readonly Outcome[]>;
  /** What is known of a result that is red; '' when nothing is. */
  why(outcome: Outcome): string;
}
