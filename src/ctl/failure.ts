/**
 * Why a call brought no value. Commands answer the failures they know with words of their own; the rest is shown by one line, in the
 * form in which supervisorctl shows a Python exception, because that is what scripts have learnt to match.
 */
import { reprText } from '../util/python-repr.ts';

export type Failure =
  /** The server answered with a fault. */
  | { readonly kind: 'fault'; readonly code: number; readonly text: string }
  /** An HTTP status other than 200. */
  | { readonly kind: 'http'; readonly status: number; readonly reason: string }
  /** `code`: ECONNREFUSED and its kin. */
  | { readonly kind: 'socket'; readonly code: string; readonly message: string }
  /** No answer within the time that was given for the first one. */
  | { readonly kind: 'timeout'; readonly secs: number }
  /** Anything else, named as Python names it. */
  | { readonly kind: 'other'; readonly type: string; readonly message: string };

export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function valueError(message: string): Failure {
  return { kind: 'other', type: 'ValueError', message };
}

/** `error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'SHUTDOWN_STATE'>: file: hupctl line: 0`. There is no source line to name. */
export function errorLine(failure: Failure): string {
  const { type, message } = describe(failure);
  return `error: <class '${type}'>, ${message}: file: hupctl line: 0`;
}

/** `<Fault 6: 'SHUTDOWN_STATE'>`. */
export function faultText(failure: Failure & { kind: 'fault' }): string {
  return `<Fault ${failure.code}: ${reprText(failure.text)}>`;
}

/** Why, for people, of a fault that has words of its own behind its name: `FAILED: a reload of it is under way`. */
export function faultReason({ text }: Failure & { kind: 'fault' }): string {
  return text.replace(/^FAILED: /, '');
}

/** The Python exception that a failure corresponds to. */
export function describe(failure: Failure): { readonly type: string; readonly message: string } {
  switch (failure.kind) {
    case 'fault':
      return { type: 'xmlrpc.client.Fault', message: faultText(failure) };
    case 'http':
      return {
        type: 'xmlrpc.client.ProtocolError',
        message: `<ProtocolError for 127.0.0.1/RPC2: ${failure.status} ${failure.reason}>`,
      };
    case 'socket':
      return socketErrors[failure.code] ?? { type: 'OSError', message: failure.message };
    case 'timeout':
      return { type: 'TimeoutError', message: `no answer within ${failure.secs} s` };
    case 'other':
      return { type: failure.type, message: failure.message.split('\n', 1)[0] ?? '' };
  }
}

/** Linux numbers and texts; what is not here shows Node's message. */
const socketErrors: Readonly<Record<string, { readonly type: string; readonly message: string }>> = {
  ENOENT: { type: 'FileNotFoundError', message: '[Errno 2] No such file or directory' },
  EACCES: { type: 'PermissionError', message: '[Errno 13] Permission denied' },
  ENOTDIR: { type: 'NotADirectoryError', message: '[Errno 20] Not a directory' },
  EPIPE: { type: 'BrokenPipeError', message: '[Errno 32] Broken pipe' },
  ENETUNREACH: { type: 'OSError', message: '[Errno 101] Network is unreachable' },
  ECONNRESET: { type: 'ConnectionResetError', message: '[Errno 104] Connection reset by peer' },
  ETIMEDOUT: { type: 'TimeoutError', message: '[Errno 110] Connection timed out' },
  ECONNREFUSED: { type: 'ConnectionRefusedError', message: '[Errno 111] Connection refused' },
  EHOSTUNREACH: { type: 'OSError', message: '[Errno 113] No route to host' },
  ENOTFOUND: { type: 'socket.gaierror', message: '[Errno -2] Name or service not known' },
  EAI_AGAIN: { type: 'socket.gaierror', message: '[Errno -3] Temporary failure in name resolution' },
};
