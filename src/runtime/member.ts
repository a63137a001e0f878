/** One configured process as the daemon holds it: its state, its live generations, its logs, the sockets kept for it. */
import { newProcess, type Process, stateName } from '../core/process.ts';
import type { ProcessSpec, ReloadStrategy } from '../core/spec.ts';
import { isRunningState, type StateName } from '../core/states.ts';
import type { OlderDefinition } from '../core/turn.ts';
import type { ChildLog } from '../log/child-log.ts';
import type { Child } from './child.ts';
import type { FcgiSocket } from './fcgi-socket.ts';
import type { KeptSockets } from './kept-sockets.ts';
import type { Channel } from './supervision.ts';

export class Member {
  spec: ProcessSpec;
  process: Process = newProcess;
  readonly children = new Map<number, Child>();
  /** What generations before that number were started from, after an update. */
  older: OlderDefinition | null = null;
  /** How its next reload is done, where that is not the program's own strategy. */
  nextReloadBy: ReloadStrategy | null = null;
  logs: Readonly<Record<Channel, ChildLog>>;
  readonly sockets: KeptSockets;
  /** The descriptor 0 of an fcgi-program; null for any other. */
  readonly fcgi: FcgiSocket | null;
  /** Called after each step, until they say that they are done. */
  readonly watchers = new Set<() => boolean>();

  constructor(
    spec: ProcessSpec,
    logs: Readonly<Record<Channel, ChildLog>>,
    sockets: KeptSockets,
    fcgi: FcgiSocket | null,
  ) {
    this.spec = spec;
    this.logs = logs;
    this.sockets = sockets;
    this.fcgi = fcgi;
  }

  get state(): StateName {
    return stateName(this.process);
  }

  /** A new definition or a changed file concerns it: what somebody has stopped stays so, what has failed or ended gets another chance. */
  get isToRun(): boolean {
    return isRunningState(this.state) || (this.spec.autostart && (this.state === 'EXITED' || this.state === 'FATAL'));
  }

  childOfPid(pid: number): Child | null {
    for (const child of this.children.values()) if (child.pid === pid) return child;
    return null;
  }

  get current(): Child | null {
    const { life } = this.process;
    return 'current' in life ? (this.children.get(life.current.number) ?? null) : null;
  }
}
