/**
 * One HTTP/1.1 response, cut out of the bytes of a connection. Written out because loading `node:http` and making its first request is
 * a tenth of what `hupctl status` takes, and a client that asks once per connection needs very little of it.
 */

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
}

type Part =
  | { readonly kind: 'head' }
  | { readonly kind: 'sized'; readonly left: number }
  | { readonly kind: 'until-close' }
  | { readonly kind: 'chunk-size' }
  | { readonly kind: 'chunk'; readonly left: number }
  | { readonly kind: 'trailer' }
  | { readonly kind: 'done' };

export interface ResponseEvents {
  head(head: ResponseHead): void;
  body(bytes: Buffer): void;
}

/** A head longer than this is no head. */
const maxHeadBytes = 65536;

export class ResponseReader {
  readonly #events: ResponseEvents;
  #part: Part = { kind: 'head' };
  #rest: Buffer = Buffer.alloc(0);

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** As much has come as was announced; a body that only the end of the connection ends, never is. */
  get done(): boolean {
    return this.#part.kind === 'done';
  }

  /** Nothing has come that could be a response. */
  get empty(): boolean {
    return this.#part.kind === 'head';
  }

  /** Takes what the connection brings; false: this is not HTTP. */
  push(bytes: Buffer): boolean {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length > 0) {
      const step = this.#step();
      if (step !== 'on') {
        return step === 'more';
      }
    }
    return true;
  }

  #step(): 'on' | 'more' | 'bad' {
    const { kind } = this.#part;
    switch (kind) {
      case 'head':
        return this.#head();
      case 'sized':
      case 'chunk':
        return this.#take(this.#part.left);
      case 'until-close':
        return this.#take(Number.POSITIVE_INFINITY);
      case 'chunk-size':
        return this.#chunkSize();
      case 'trailer':
        return this.#trailer();
      case 'done':
        return this.#surplus();
    }
  }

  /** supervisord announces characters where it sends bytes: what comes after the announced end still belongs to the body. */
  #surplus(): 'on' {
    this.#events.body(this.#rest);
    this.#rest = Buffer.alloc(0);
    return 'on';
  }

  #head(): 'on' | 'more' | 'bad' {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) {
      return this.#rest.length > maxHeadBytes ? 'bad' : 'more';
    }
    const lines = this.#rest.toString('latin1', 0, end).split('\r\n');
    this.#rest = this.#rest.subarray(end + 4);
    const status = /^HTTP\/\d\.\d (\d{3}) ?(.*)$/.exec(lines[0] ?? '');
    if (status === null) {
      return 'bad';
    }
    const headers = new Map(
      lines.slice(1).map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    this.#part = bodyPart(headers);
    this.#events.head({ status: Number(status[1]), reason: status[2] ?? '' });
    return 'on';
  }

  #take(left: number): 'on' | 'more' {
    const bytes = this.#rest.subarray(0, left);
    this.#rest = this.#rest.subarray(bytes.length);
    const still = left - bytes.length;
    if (this.#part.kind === 'chunk') {
      this.#part = still > 0 ? { kind: 'chunk', left: still } : { kind: 'chunk-size' };
    } else if (this.#part.kind === 'sized') {
      this.#part = still > 0 ? { kind: 'sized', left: still } : { kind: 'done' };
    }
    this.#events.body(bytes);
    return 'on';
  }

  /** The line end of the chunk before is skipped with it. */
  #chunkSize(): 'on' | 'more' | 'bad' {
    const line = this.#line();
    if (line === null) {
      return this.#rest.length > maxHeadBytes ? 'bad' : 'more';
    }
    if (line === '') {
      return 'on';
    }
    const size = /^[0-9a-f]+/i.exec(line)?.[0];
    if (size === undefined) {
      return 'bad';
    }
    const left = Number.parseInt(size, 16);
    this.#part = left === 0 ? { kind: 'trailer' } : { kind: 'chunk', left };
    return 'on';
  }

  #trailer(): 'on' | 'more' {
    const line = this.#line();
    if (line === '') {
      this.#part = { kind: 'done' };
    }
    return line === null ? 'more' : 'on';
  }

  #line(): string | null {
    const end = this.#rest.indexOf('\r\n');
    if (end < 0) {
      return null;
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    return line;
  }
}

function bodyPart(headers: ReadonlyMap<string | undefined, string | undefined>): Part {
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') {
    return { kind: 'chunk-size' };
  }
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (Number.isNaN(length)) {
    return { kind: 'until-close' };
  }
  return length === 0 ? { kind: 'done' } : { kind: 'sized', left: length };
}
