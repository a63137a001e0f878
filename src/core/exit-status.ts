import { signalName } from './signals.ts';

/** How a process ended, as the raw wait status says it. */
export type ExitStatus =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number; readonly coreDumped: boolean }
  /** It was not our child, so that nobody has told us. */
  | { readonly kind: 'unknown' };

/** supervisord's exit code: -1 for every death by a signal, so that none of them is ever an expected one; nor what is not known. */
export function exitCode(status: ExitStatus): number {
  return status.kind === 'exit' ? status.code : -1;
}

/** How the process ended, in supervisord's words: what stands in the parentheses of `exited: web (...)`. */
export function describeExit(status: ExitStatus): string {
  if (status.kind === 'unknown') return 'exit status unknown';
  if (status.kind === 'exit') return `exit status ${status.code}`;
  return `terminated by ${signalName(status.signal)}${status.coreDumped ? ' (core dumped)' : ''}`;
}
