/**
 * The listening sockets that hupd holds for a process. Two kinds: those of `socket=`, bound by hupd at the first start and kept for good; and
 * those borrowed from a running predecessor, kept as long as a generation that has proved to serve on inherited sockets is alive, or is
 * to be started again after a crash.
 */
import type { CarriedProcess, CarriedSocket } from '../core/carried.ts';
import type { SocketAddress } from '../core/spec.ts';
import type { Borrowed, HeldSocket, Os } from '../os/os.ts';

export class KeptSockets {
  readonly #os: Os;
  readonly #configured: ConfiguredSockets;
  /** Of `socket=`. */
  #addresses: readonly SocketAddress[];
  #borrowed: readonly HeldSocket[] = [];
  /** A generation became ready on the borrowed ones: it takes inherited sockets, so the next start can be given them. */
  #proven = false;

  constructor(os: Os, configured: ConfiguredSockets, addresses: readonly SocketAddress[]) {
    this.#os = os;
    this.#configured = configured;
    this.#addresses = addresses;
  }

  /** For the starts to come. */
  change(addresses: readonly SocketAddress[]): void {
    this.#addresses = addresses;
  }

  /** For a start that has no predecessor. Throws `OsError` when `socket=` can not be bound. */
  forStart(): readonly HeldSocket[] {
    const configured = this.#configured.open(this.#addresses);
    return configured.length > 0 ? configured : this.#proven ? this.#borrowed : [];
  }

  /** For a successor. `problem`: why the sockets could not be borrowed. */
  forSuccessor(predecessor: number): Borrowed {
    const configured = this.#configured.open(this.#addresses);
    if (configured.length > 0) return { sockets: configured, ownEach: [], problem: null };
    if (this.#proven) return { sockets: this.#borrowed, ownEach: [], problem: null };
    const borrowed = this.#os.borrowListeners(predecessor);
    this.#borrowed = borrowed.sockets;
    return borrowed;
  }

  /** Those that an earlier daemon held, as far as `find` finds them again. */
  regain(carried: CarriedProcess, find: (socket: CarriedSocket) => HeldSocket | null): void {
    const again = (sockets: readonly CarriedSocket[]) => sockets.flatMap((socket) => find(socket) ?? []);
    this.#configured.regain(again(carried.configured));
    this.#borrowed = again(carried.borrowed);
    this.#proven = carried.proven && this.#borrowed.length > 0;
  }

  get carried(): Pick<CarriedProcess, 'configured' | 'borrowed' | 'proven'> {
    const configured = this.#configured.held(this.#addresses).map(carriedSocket);
    return { configured, borrowed: this.#borrowed.map(carriedSocket), proven: this.#proven };
  }

  /** What is held for the process now. */
  get held(): readonly HeldSocket[] {
    return [...this.#configured.held(this.#addresses), ...this.#borrowed];
  }

  prove(): void {
    this.#proven = this.#borrowed.length > 0;
  }

  /** After a reload that failed: sockets that nobody has served on by inheritance are the predecessor's business again. */
  releaseUnproven(): void {
    if (!this.#proven) this.releaseBorrowed();
  }

  /** The process is down and not to be restarted: clients are refused, as they would be without hupd. */
  releaseBorrowed(): void {
    for (const socket of this.#borrowed) this.#os.closeSocket(socket);
    this.#borrowed = [];
    this.#proven = false;
  }
}

/** The sockets of one program's `socket=`, shared by its processes. */
export class ConfiguredSockets {
  readonly #os: Os;
  readonly #sockets = new Map<string, HeldSocket>();

  constructor(os: Os) {
    this.#os = os;
  }

  /** Opens what is not open yet. Throws `OsError`; what was opened until then is closed again. */
  open(addresses: readonly SocketAddress[]): readonly HeldSocket[] {
    const opened: string[] = [];
    try {
      return addresses.map((address) => {
        const key = keyOf(address);
        const held = this.#sockets.get(key);
        if (held !== undefined) return held;
        const socket = this.#os.listen(address, { backlog: null, mode: 0o666, owner: null });
        this.#sockets.set(key, socket);
        opened.push(key);
        return socket;
      });
    } catch (error) {
      for (const key of opened) this.#close(key);
      throw error;
    }
  }

  /** One that another process of the program has brought already is that one. */
  regain(sockets: readonly HeldSocket[]): void {
    for (const socket of sockets) {
      const key = keyOf(socket.address);
      if (!this.#sockets.has(key)) this.#sockets.set(key, socket);
    }
  }

  /** Those that are open. */
  held(addresses: readonly SocketAddress[]): readonly HeldSocket[] {
    return addresses.flatMap((address) => this.#sockets.get(keyOf(address)) ?? []);
  }

  /** Closes those that are at none of these addresses. */
  closeAllBut(addresses: readonly SocketAddress[]): void {
    const wanted = new Set(addresses.map(keyOf));
    for (const key of [...this.#sockets.keys()]) if (!wanted.has(key)) this.#close(key);
  }

  #close(key: string): void {
    const socket = this.#sockets.get(key);
    if (socket !== undefined) this.#os.closeSocket(socket);
    this.#sockets.delete(key);
  }
}

/** The plain facts of it, whatever else it is. */
export function carriedSocket({ fd, inode, address }: HeldSocket): CarriedSocket {
  return { fd, inode, address };
}

function keyOf(address: SocketAddress): string {
  return JSON.stringify(address.kind === 'unix' ? [address.path] : [address.host, address.port]);
}
