/**
 * Which of its relatives is the successor that a process has made itself, and not a worker or a helper. A worker is a fork; a successor was
 * executed anew, from the same program, and has the listening sockets or is told of them by a variable. What the process itself names (a
 * pid file, MAINPID) is believed before that.
 *
 *     hupd ── predecessor ─┬─ worker        a fork: it has its parent's image
 *       │                  ├─ successor     executed anew, the same program, with its sockets
 *       │                  │    └─ worker   not looked at: its parent comes first
 *       │                  └─ convert       another program
 *       └─ orphan                           of a predecessor that has gone, or that forks twice
 */
import type { ProcessLook } from '../os/os.ts';
import type { ServerProfile } from './profiles/profile.ts';

export interface Kin {
  /** As it was seen last. null: it may have gone before anybody looked. */
  readonly predecessor: ProcessLook | null;
  readonly server: ServerProfile | null;
  /** Its children, and orphans that have its output's pipes or one of its sockets. */
  readonly candidates: readonly ProcessLook[];
  /** Pids that it has named as its main process since it was signalled. */
  readonly named: ReadonlySet<number>;
}

/** By which a library tells what it executes that it is a successor. */
const successorVariables = ['TABLEFLIP_HAS_PARENT_7DIU3', 'GUNICORN_PID', 'UNICORN_FD', 'NGINX', 'LISTEN_PID'];
/** By which node tells a worker of its cluster. */
const workerVariables = ['NODE_UNIQUE_ID', 'NODE_CHANNEL_FD'];

export function findSuccessor(kin: Kin): ProcessLook | null {
  const { predecessor, candidates, named } = kin;
  const others = candidates.filter(({ pid, state }) => pid !== predecessor?.pid && state !== 'Z');
  const ofItsMaking = (look: ProcessLook) => predecessor !== null && isSuccessor(look, predecessor, kin.server);
  return others.find(({ pid }) => named.has(pid)) ?? others.find(ofItsMaking) ?? null;
}

function isSuccessor(look: ProcessLook, predecessor: ProcessLook, server: ServerProfile | null): boolean {
  if (look.image === '' || look.image === predecessor.image) return false;
  const own = server?.successorVariable ?? null;
  if (own !== null && look.environment.get(own) === `${predecessor.pid}`) return true;
  if (workerVariables.some((name) => look.environment.has(name)) || !isSameProgram(look, predecessor)) return false;
  const told = successorVariables.some((name) => isNew(name, look, predecessor));
  const sockets = socketsOf(predecessor);
  return (
    told || sockets.some((socket) => look.files.has(socket)) || (sockets.length === 0 && sameWords(look, predecessor))
  );
}

function isNew(name: string, { environment }: ProcessLook, predecessor: ProcessLook): boolean {
  const value = environment.get(name);
  return value !== undefined && value !== predecessor.environment.get(name);
}

/** A new version of it may lie elsewhere, under the same name. */
function isSameProgram({ program, words }: ProcessLook, predecessor: ProcessLook): boolean {
  return baseOf(program) === baseOf(predecessor.program) || words[0] === predecessor.words[0];
}

function sameWords({ words }: ProcessLook, predecessor: ProcessLook): boolean {
  return words.length === predecessor.words.length && words.every((word, index) => word === predecessor.words[index]);
}

/** Listening or not: a program that executes a helper closes its sockets. */
export function socketsOf({ files }: ProcessLook): readonly string[] {
  return [...files].filter((file) => file.startsWith('socket:'));
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
