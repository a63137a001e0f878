/**
 * What a reload cost its clients, read from the sockets that hupd holds for the process: the longest accept queue that was seen, and how many
 * connections the kernel turned away (of all listeners: it does not tell whose). Looks at every fact of the reload, and in between now and then.
 */
import type { Os } from '../os/os.ts';
import type { Deadlines } from './deadlines.ts';
import type { Member } from './member.ts';

const lookAgainMs = 200;

interface Cost {
  readonly dropped: number;
  readonly longestQueue: number;
}

interface Reading {
  readonly dropsBefore: number;
  longest: number;
  callOff: () => void;
}

export class ReloadMeter {
  readonly #os: Os;
  readonly #deadlines: Deadlines;
  readonly #readings = new Map<Member, Reading>();

  constructor(os: Os, deadlines: Deadlines) {
    this.#os = os;
    this.#deadlines = deadlines;
  }

  look(member: Member): void {
    const fresh: Reading = { dropsBefore: this.#os.listenDrops(), longest: -1, callOff: () => {} };
    const reading = this.#readings.get(member) ?? fresh;
    this.#readings.set(member, reading);
    for (const socket of member.sockets.held) {
      const queue = this.#os.acceptQueue(socket);
      if (queue !== null) reading.longest = Math.max(reading.longest, queue.waiting);
    }
    reading.callOff();
    reading.callOff = this.#deadlines.after(lookAgainMs, () => this.look(member));
  }

  /** -1 where no socket was held. */
  end(member: Member): Cost {
    const reading = this.#readings.get(member);
    reading?.callOff();
    this.#readings.delete(member);
    if (reading === undefined || reading.longest < 0) return { dropped: -1, longestQueue: -1 };
    return { dropped: this.#os.listenDrops() - reading.dropsBefore, longestQueue: reading.longest };
  }
}
