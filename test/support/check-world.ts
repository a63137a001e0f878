/** One ready check of one generation on a FakeOs: what it says, in short words, while the test moves the world. */

import type { ReadyCheck, SocketAddress } from '../../src/core/spec.ts';
import type { Probe } from '../../src/os/os.ts';
import type { CheckContext, RunningCheck } from '../../src/readiness/check.ts';
import { ReadyChannel } from '../../src/readiness/ready-channel.ts';
import { effectiveCheck, startCheck } from '../../src/readiness/start-check.ts';
import { Deadlines } from '../../src/runtime/deadlines.ts';
import { SideCommands } from '../../src/runtime/side-commands.ts';
import { FakeOs } from './fake-os.ts';
import type { FakeProcess } from './fake-process.ts';
import { buildSpec, type SpecOverrides } from './spec-builder.ts';

export interface CheckOptions {
  readonly spec?: SpecOverrides;
  readonly probe?: boolean;
  readonly handedOver?: readonly SocketAddress[];
  readonly words?: readonly string[];
  readonly afterSignal?: boolean;
  /** Another one that serves until then. */
  readonly predecessor?: boolean;
}

export class CheckWorld {
  readonly os = new FakeOs();
  /** `answered: ...`, `ready` and `not ready: ...`, in order; an answer that is the same again is not repeated. */
  readonly said: string[] = [];
  readonly child: FakeProcess;
  readonly predecessor: FakeProcess | null;
  readonly probe: Probe | null;
  readonly check: RunningCheck;
  readonly channel: ReadyChannel;
  readonly #listeners: Array<(chunk: Buffer) => void> = [];

  constructor(
    readyCheck: ReadyCheck,
    {
      spec,
      probe = false,
      handedOver = [],
      words = ['web'],
      afterSignal = false,
      predecessor = false,
    }: CheckOptions = {},
  ) {
    const { os } = this;
    const built = buildSpec({ ...spec, reload: { ...spec?.reload, readyCheck } });
    const deadlines = new Deadlines(os.clock);
    const commands = new SideCommands(os, new Map([['PATH', Buffer.from('/bin')]]), null);
    os.onExit((pid, status) => commands.exited(pid, status));
    this.channel = ReadyChannel.open(os, built);
    this.predecessor = predecessor ? this.#spawn() : null;
    this.child = this.#spawn();
    this.channel.begin(this.child.pid, (text) => this.#say(`reported: ${text}`));
    this.probe = probe ? os.createProbe() : null;
    const context: CheckContext = {
      os,
      pid: this.child.pid,
      probe: this.probe,
      sockets: [],
      predecessor: this.predecessor?.pid ?? null,
      maker: null,
      toldReady: false,
      channel: this.channel,
      after: (ms, wake) => deadlines.after(ms, wake),
      onOutput: (makeListener) => {
        const made = [makeListener(), makeListener()];
        this.#listeners.push(...made);
        return () => this.#listeners.splice(0);
      },
      run: (command, ended) => commands.check(built, { pid: this.child.pid, generation: 1 }, command, ended),
      afterSignal,
      extend: (byMs) => this.#say(`extended by ${byMs} ms`),
      ready: () => this.#say('ready'),
      notReady: (reason) => this.#say(`not ready: ${reason}`),
      answered: (text) => this.#say(`answered: ${text}`),
    };
    this.check = startCheck(effectiveCheck(readyCheck, probe, handedOver), built, words, context);
  }

  /** What the process prints on that channel: 0 stdout, 1 stderr. */
  print(text: string | Buffer, channel = 0): void {
    this.#listeners[channel]?.(Buffer.from(text));
  }

  get last(): string {
    return this.said.at(-1) ?? '';
  }

  #spawn(): FakeProcess {
    const nothing = this.os.createStdinPipe();
    this.os.spawn({
      ...{
        file: '/bin/web',
        args: ['web'],
        env: [...this.channel.variables].map((pair) => Buffer.from(pair.join('='))),
        directory: null,
        umask: null,
        uid: null,
      },
      fds: new Map([[0, nothing.childFd], [1, nothing.childFd], [2, nothing.childFd], ...this.channel.fds]),
      listenPid: false,
    });
    nothing.close();
    return this.os.last;
  }

  #say(text: string): void {
    if (this.last !== text) this.said.push(text);
  }
}
