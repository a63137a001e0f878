/** HTTP as bytes: for what no client library would send. */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export class RawClient {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  constructor(target: number | string) {
    this.socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target);
    this.socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  send(data: string | Buffer): this {
    this.socket.write(data);
    return this;
  }

  get received(): Buffer {
    return this.#received;
  }

  /** Resolves when what was received satisfies the test; throws when the connection ends before that. */
  async until(found: (received: Buffer) => boolean): Promise<Buffer> {
    while (!found(this.#received)) {
      if (this.#ended) throw new Error(`the connection ended; received: ${this.#received}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received;
  }

  /** The next whole answer with a length; it is taken off what was received. */
  async answer(): Promise<Answer> {
    const received = await this.until((bytes) => wholeLength(bytes) !== null);
    const length = wholeLength(received) ?? 0;
    this.#received = received.subarray(length);
    return parse(received.subarray(0, length).toString());
  }

  async closed(): Promise<void> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

/** One request on a connection of its own. */
export async function ask(target: number | string, request: string | Buffer): Promise<Answer> {
  const client = new RawClient(target).send(request);
  try {
    return await client.answer();
  } finally {
    client.close();
  }
}

export function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ 'Content-Length': String(Buffer.byteLength(body)), ...headers });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

export function get(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ Host: 'h', ...headers });
  return `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

export function call(method: string, ...params: readonly string[]): string {
  const values = params.map((text) => `<param><value><string>${text}</string></value></param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`;
}

export function basic(username: string, password: string): { readonly Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

function wholeLength(bytes: Buffer): number | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const length = /content-length: (\d+)/i.exec(bytes.subarray(0, headEnd).toString())?.[1];
  const whole = headEnd + 4 + Number(length ?? 0);
  return bytes.length >= whole ? whole : null;
}

function parse(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { status: Number(first.split(' ')[1]), headers: new Map(headers), body: rest.join('\r\n\r\n') };
}
