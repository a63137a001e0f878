/**
 * What there is to take over from a running supervisord, as plain facts: what it says of itself over XML-RPC, and what the kernel says of it and
 * of its children. Nothing is touched.
 */
import type { PipeFiles } from './pipes.ts';

export interface SurveyedProcess {
  readonly group: string;
  readonly name: string;
  readonly stateName: string;
  /** 0: it is down. */
  readonly pid: number;
  /** Seconds since 1970, 0: never. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly exitStatus: number;
  readonly spawnError: string;
  /** '' where there is none. */
  readonly stdoutLog: string;
  readonly stderrLog: string;
  /** Of a living one: what the kernel knows; null: there is no such process here. */
  readonly kernel: {
    readonly ppid: number;
    readonly startTime: number;
    /** Its letter in `/proc/PID/stat`. */
    readonly state: string;
    readonly pipes: PipeFiles;
    /** It blocks in a read of its standard input: an event listener that has said READY. */
    readonly awaitsInput: boolean;
  } | null;
}

/** The systemd service that supervisord is the main process of. */
export interface UnitFacts {
  readonly name: string;
  readonly killMode: string;
  readonly restart: string;
  readonly isMasked: boolean;
}

export interface Survey {
  readonly url: string;
  readonly version: string;
  readonly isHupd: boolean;
  readonly stateName: string;
  readonly pid: number;
  /** null: there is no process of that pid here. */
  readonly kernel: { readonly uid: number; readonly startTime: number } | null;
  /** Why its descriptors can not be had; null: they can. */
  readonly refusal: string | null;
  readonly processes: readonly SurveyedProcess[];
  readonly unit: UnitFacts | null;
}
