/**
 * XML-RPC as text, by the `xmlrpc` package's serializer and deserializer: the one file that imports it. The package's own client and
 * server are not used; transport is the caller's. What the package gets wrong for supervisord's dialect is mended here, by its own
 * extension points: strings never become CDATA, control characters pass, and line ends are normalised as XML asks.
 *
 * The serializer and the deserializer (and sax with it) are loaded when they are first needed.
 */
import CustomType from 'xmlrpc/lib/customtype.js';

export type RpcValue =
  | string
  | number
  | boolean
  | Date
  | Buffer
  | null
  | readonly RpcValue[]
  | { readonly [name: string]: RpcValue };

export interface RpcFault {
  readonly faultCode: number;
  readonly faultString: string;
}

export type RpcResponse = { readonly value: RpcValue } | { readonly fault: RpcFault };

/** A method call as XML. Whole numbers become `<int>`, others `<double>`. Most calls have no parameters and need no serializer. */
export async function encodeCall(method: string, params: readonly RpcValue[]): Promise<string> {
  if (params.length === 0) {
    return `<?xml version="1.0"?><methodCall><methodName>${escapeText(method)}</methodName><params/></methodCall>`;
  }
  const { default: serializer } = await import('xmlrpc/lib/serializer.js');
  return serializer.serializeMethodCall(method, params.map(wrapStrings));
}

/** Reads a method response; rejects with an Error when the text is none. */
export async function decodeResponse(xml: string): Promise<RpcResponse> {
  const decoder = await parse(xml);
  if (decoder.type !== 'methodresponse' || decoder.responseType === null) {
    throw new Error('not an XML-RPC response');
  }
  const value = (decoder.stack[0] ?? null) as RpcValue;
  return decoder.responseType === 'fault' ? { fault: value as unknown as RpcFault } : { value };
}

export interface RpcCall {
  readonly method: string;
  readonly params: readonly RpcValue[];
}

/**
 * Reads a method call as supervisord does: well-formed XML or nothing, `params` may be missing, an untyped value is text, base64 is text too,
 * and a boolean is true only as `1`. A document type is refused, since its entities are a bomb. `problem` says why a text is no call.
 */
export async function decodeCall(xml: string, maxDepth: number): Promise<RpcCall | { readonly problem: string }> {
  const Decoder = await loadCallDecoder();
  return new Promise((resolve) => {
    const decoder = new Decoder(maxDepth);
    decoder.callback = (error) => {
      if (error) resolve({ problem: error.message });
      else if (decoder.type !== 'methodcall') resolve({ problem: 'not a method call' });
      else if (!decoder.methodname) resolve({ problem: noMethodName });
      else resolve({ method: decoder.methodname, params: decoder.stack as RpcValue[] });
    };
    try {
      decoder.parser.end(normaliseLineEnds(xml));
    } catch (error) {
      resolve({ problem: String(error) });
    }
  });
}

export const noMethodName = 'no method name';

/** The package turns strings with `<` or `&` into CDATA and throws at control characters; this writes plain escaped text. */
class Text extends CustomType {
  override serialize(xml: Parameters<CustomType['serialize']>[0]): ReturnType<CustomType['serialize']> {
    return xml.ele('string').raw(escapeText(this.raw));
  }
}

function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function wrapStrings(value: RpcValue): unknown {
  if (typeof value === 'string') {
    return value === '' ? value : new Text(value);
  }
  if (value === null || typeof value !== 'object' || value instanceof Date || Buffer.isBuffer(value)) {
    return value;
  }
  return Array.isArray(value)
    ? value.map(wrapStrings)
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wrapStrings(inner)]));
}

async function importDecoder() {
  const { default: Deserializer } = await import('xmlrpc/lib/deserializer.js');
  return class extends Deserializer {
    /** The package's uses the deprecated `new Buffer`, which prints a warning. */
    override endBase64(data: string): void {
      this.push(Buffer.from(data, 'base64'));
      this.value = false;
    }
  };
}

/** The package's parser takes anything that resembles XML; a server must not. */
async function importCallDecoder() {
  const Base = await importDecoder();
  return class extends Base {
    readonly #maxDepth: number;
    #depth = 0;

    constructor(maxDepth: number) {
      super();
      this.#maxDepth = maxDepth;
      this.parser = new this.parser.constructor(true, { strictEntities: true, position: false });
      this.parser.on('opentag', (node: { name: string }) => this.onOpentag({ name: node.name.toUpperCase() }));
      this.parser.on('closetag', (name: string) => this.onClosetag(name.toUpperCase()));
      this.parser.on('text', (text: string) => this.onText(text));
      this.parser.on('cdata', (text: string) => this.onCDATA(text));
      this.parser.on('doctype', () => this.onError('a document type is not allowed'));
      this.parser.on('end', () => this.onDone());
      this.parser.on('error', (error: Error) => this.onError(error));
    }

    override onOpentag(node: { name: string }): void {
      this.#depth++;
      if (this.#depth > this.#maxDepth) this.onError(`nested deeper than ${this.#maxDepth}`);
      super.onOpentag(node);
    }

    override onClosetag(name: string): void {
      this.#depth--;
      // Once it is refused, the rest is read only to its end: nothing more is kept.
      if (this.error === null) super.onClosetag(name);
    }

    override endBase64(data: string): void {
      this.push(Buffer.from(data, 'base64').toString());
      this.value = false;
    }

    override endBoolean(data: string): void {
      this.push(data === '1');
      this.value = false;
    }

    override endInt(data: string): void {
      super.endInt(/^\s*[-+]?[0-9]+\s*$/.test(data) ? data : 'no number');
    }

    override endDouble(data: string): void {
      super.endDouble(/^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?\s*$/i.test(data) ? data : 'no number');
    }

    /** Own properties only, whatever the names are. */
    override endStruct(): void {
      const items = this.stack.splice(this.marks.pop() ?? 0);
      const members = items.flatMap((name, i) => (i % 2 === 0 ? [[String(name), items[i + 1]] as const] : []));
      this.push(Object.fromEntries(members));
      this.value = false;
    }
  };
}

let callDecoderClass: ReturnType<typeof importCallDecoder> | undefined;

/** Loads the server's parser once. */
export function loadCallDecoder(): ReturnType<typeof importCallDecoder> {
  callDecoderClass ??= importCallDecoder();
  return callDecoderClass;
}

let decoderClass: ReturnType<typeof importDecoder> | undefined;

/** Starts loading the parser, so that it is there when the answer comes. */
export function loadDecoder(): ReturnType<typeof importDecoder> {
  decoderClass ??= importDecoder();
  return decoderClass;
}

type Decoder = InstanceType<Awaited<ReturnType<typeof importDecoder>>>;

/** The whole text at once: XML 1.0, 2.11 turns every line end into a line feed, which sax leaves to its caller. */
async function parse(xml: string): Promise<Decoder> {
  const decoder = new (await loadDecoder())();
  return new Promise((resolve, reject) => {
    // A fault comes as an error too; its struct is on the stack all the same.
    decoder.callback = (error) => (error && !('faultCode' in error) ? reject(error) : resolve(decoder));
    decoder.parser.end(normaliseLineEnds(xml));
  });
}

function normaliseLineEnds(xml: string): string {
  return xml.replace(/\r\n?/g, '\n');
}
