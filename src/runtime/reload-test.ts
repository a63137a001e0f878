/**
 * `reload_test`: a command that runs before a reload touches anything (`nginx -t`, `gunicorn --check-config app:app`). The process's machine
 * waits for its outcome, at most `reload_timeout`; whoever stops the process ends it.
 */
import { describeExit } from '../core/exit-status.ts';
import type { Member } from './member.ts';
import type { RunningCommand, SideCommands } from './side-commands.ts';

export interface ReloadTestsOptions {
  readonly commands: SideCommands;
  /** `reason`: '' when ok. */
  readonly tested: (member: Member, ok: boolean, reason: string) => void;
}

export class ReloadTests {
  readonly #options: ReloadTestsOptions;
  /** The last one of each process, ended or not. */
  readonly #last = new Map<Member, RunningCommand>();

  constructor(options: ReloadTestsOptions) {
    this.#options = options;
  }

  begin(member: Member, command: string): void {
    const { commands, tested } = this.#options;
    this.#last.delete(member);
    const pid = member.current?.pid;
    const started = commands.start({
      spec: member.spec,
      purpose: 'reload-test',
      command,
      variables: new Map(pid === undefined ? [] : [['MAINPID', `${pid}`]]),
      ended: (status) => {
        const ok = status.kind === 'exit' && status.code === 0;
        tested(member, ok, ok ? '' : `the reload test failed (${describeExit(status)})`);
      },
    });
    if (started.ok) this.#last.set(member, started.running);
    else tested(member, false, `the reload test could not be started: ${started.problem}`);
  }

  /** Its outcome is not wanted any more. */
  end(member: Member): void {
    this.#last.get(member)?.kill();
  }

  /** Of its last test; oldest first. */
  lastLines(member: Member, count: number): readonly string[] {
    return this.#last.get(member)?.lastLines(count) ?? [];
  }

  /** The reload is over, and what the test said has been told. */
  forget(member: Member): void {
    this.#last.delete(member);
  }
}
