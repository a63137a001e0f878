/**
 * XML-RPC calls as a server must read them: the package's deserializer takes anything that resembles XML, this one only what is well-formed,
 * without a document type, and within bounds; and the types are supervisord's. A text of any kind costs at most a few milliseconds at a time.
 */
import { setImmediate } from 'node:timers/promises';
import { loadDecoder, normaliseLineEnds, type RpcValue } from './codec.ts';
import { readPlainCall } from './plain-call.ts';

export interface CallBounds {
  /** Elements within elements. */
  readonly maxDepth: number;
  /** With their attributes. */
  readonly maxElements: number;
}

export interface RpcCall {
  readonly method: string;
  readonly params: readonly RpcValue[];
}

/**
 * Reads a method call as supervisord does: well-formed XML or nothing, `params` may be missing, an untyped value is text, base64 is text too,
 * and a boolean is true only as `1`. A document type is refused, since its entities are a bomb. `problem` says why a text is no call.
 */
export function decodeCall(xml: string, bounds: CallBounds): RpcCall | Promise<RpcCall | { readonly problem: string }> {
  return readPlainCall(xml) ?? parseCall(xml, bounds);
}

/** As `decodeCall`, of any call. */
export async function parseCall(xml: string, bounds: CallBounds): Promise<RpcCall | { readonly problem: string }> {
  const Decoder = await loadCallDecoder();
  const decoder = new Decoder(bounds);
  let ended = false;
  decoder.callback = (error) => {
    ended = error === undefined;
  };
  const text = normaliseLineEnds(xml);
  try {
    for (let at = 0; at < text.length; at += sliceLength) {
      if (at > 0) await setImmediate();
      decoder.parser.write(text.slice(at, at + sliceLength));
    }
    decoder.parser.end();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  if (!ended || decoder.type !== 'methodcall') return { problem: 'not a method call' };
  if (!decoder.methodname) return { problem: noMethodName };
  return { method: decoder.methodname, params: decoder.stack as RpcValue[] };
}

/** Others are served between two slices of a long text. */
const sliceLength = 32 * 1024;

export const noMethodName = 'no method name';

/** The package's parser takes anything that resembles XML; a server must not. */
async function importCallDecoder() {
  const Base = await loadDecoder();
  return class extends Base {
    readonly #bounds: CallBounds;
    #depth = 0;
    #elements = 0;

    constructor(bounds: CallBounds) {
      super();
      this.#bounds = bounds;
      this.parser = new this.parser.constructor(true, { strictEntities: true });
      this.parser.on('opentag', (node: { name: string }) => this.onOpentag({ name: node.name.toUpperCase() }));
      this.parser.on('attribute', () => this.#count());
      this.parser.on('closetag', (name: string) => this.onClosetag(name.toUpperCase()));
      this.parser.on('text', (text: string) => this.onText(text));
      this.parser.on('cdata', (text: string) => this.onCDATA(text));
      this.parser.on('doctype', () => this.onError('a document type is not allowed'));
      this.parser.on('end', () => this.onDone());
      this.parser.on('error', (error: Error) => this.onError(error));
    }

    /** Leaves the parser, which would otherwise go on and make an error of every further character. */
    override onError(problem: Error | string): never {
      throw typeof problem === 'string' ? new Error(problem) : problem;
    }

    override onOpentag(node: { name: string }): void {
      this.#depth++;
      if (this.#depth > this.#bounds.maxDepth) this.onError('nested too deep');
      this.#count();
      super.onOpentag(node);
    }

    override onClosetag(name: string): void {
      this.#depth--;
      super.onClosetag(name);
    }

    #count(): void {
      this.#elements++;
      if (this.#elements > this.#bounds.maxElements) this.onError('too many elements');
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
  };
}

let callDecoderClass: ReturnType<typeof importCallDecoder> | undefined;

/** Loads the server's parser once. */
export function loadCallDecoder(): ReturnType<typeof importCallDecoder> {
  callDecoderClass ??= importCallDecoder();
  return callDecoderClass;
}
