/** What one server of the table is, as data: how it is started, what a version of its app looks like, and what is known of its reloads. */
import type { Load, Target } from '../../support/load.ts';
import type { Need } from '../../support/needs.ts';
import type { Rig } from '../../support/rig.ts';

/** The three strategies with a good version, and the rolling one with a version that can not start. */
export type Kind = 'rolling' | 'broken' | 'hup' | 'restart';
export type Strategy = Exclude<Kind, 'broken'>;

export interface Site {
  readonly target: Target;
  /** Where it listens; `spare` is for a server behind it. */
  readonly port: number;
  readonly spare: number;
}

export interface ServerRow {
  readonly name: string;
  readonly needs: readonly Need[];
  /** Prints its version, for the report's head. */
  readonly says: readonly string[];
  /** Lines of `[program:web]`; `DIR` is the rig's directory, which is the working directory. */
  program(site: Site, strategy: Strategy): string;
  /** Further sections. */
  readonly beside?: () => string;
  /** Lines that a strategy needs besides its name, where the defaults will not do. */
  readonly lines?: Partial<Readonly<Record<Strategy, (site: Site) => string>>>;
  /** Its files as of a version: it answers with `version` when these were there at its start. */
  files(version: string, site: Site): Readonly<Record<string, string>>;
  /** The files of a version that can not start. */
  broken(site: Site): Readonly<Record<string, string>>;
  /** Why it can not do better, in one line: said when that case is red. */
  readonly why?: Partial<Readonly<Record<Kind, string>>>;
  /** Why a case can not be free of failures on connections that are kept. */
  readonly whyKept?: Partial<Readonly<Record<Kind, string>>>;
  /** For what has no HTTP to be asked by. */
  readonly traffic?: (rig: Rig, perSecond: number) => Load;
}

/** How long an app takes to load: what hup and restart make requests wait for. */
export const bootSecs = 2;
