/**
 * XML-RPC as text, by the `xmlrpc` package's serializer and deserializer: the one file that imports it. The package's own client and
 * server are not used; transport is the caller's. What the package gets wrong for supervisord's dialect is mended here, by its own
 * extension points: strings never become CDATA, control characters pass, and line ends are normalised as XML asks.
 *
 * The serializer and the deserializer (and sax with it) are loaded when they are first needed.
 */
import type CustomType from 'xmlrpc/lib/customtype.js';
import { readPlainResponse } from './plain-response.ts';

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
  const Text = await importText();
  return serializer.serializeMethodCall(
    method,
    params.map((value) => wrapStrings(value, Text)),
  );
}

/** Reads a method response; rejects with an Error when the text is none. Most responses are read without the parser. */
export async function decodeResponse(xml: string): Promise<RpcResponse> {
  return readPlainResponse(xml) ?? parseResponse(xml);
}

/** The same by the parser, whatever the text. */
export async function parseResponse(xml: string): Promise<RpcResponse> {
  const decoder = await parse(xml);
  if (decoder.type !== 'methodresponse' || decoder.responseType === null) {
    throw new Error('not an XML-RPC response');
  }
  const value = (decoder.stack[0] ?? null) as RpcValue;
  return decoder.responseType === 'fault' ? { fault: value as unknown as RpcFault } : { value };
}

/** The package turns strings with `<` or `&` into CDATA and throws at control characters; this writes plain escaped text. */
async function importText() {
  const { default: Base } = await import('xmlrpc/lib/customtype.js');
  return class extends Base {
    override serialize(xml: Parameters<CustomType['serialize']>[0]): ReturnType<CustomType['serialize']> {
      return xml.ele('string').raw(escapeText(this.raw));
    }
  };
}

function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function wrapStrings(value: RpcValue, Text: Awaited<ReturnType<typeof importText>>): unknown {
  if (typeof value === 'string') {
    return value === '' ? value : new Text(value);
  }
  if (value === null || typeof value !== 'object' || value instanceof Date || Buffer.isBuffer(value)) {
    return value;
  }
  return Array.isArray(value)
    ? value.map((inner) => wrapStrings(inner, Text))
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wrapStrings(inner, Text)]));
}

async function importDecoder() {
  const { default: Deserializer } = await import('xmlrpc/lib/deserializer.js');
  return class extends Deserializer {
    /** Own properties only, whatever the names are. */
    override endStruct(): void {
      const items = this.stack.splice(this.marks.pop() ?? 0);
      const members = items.flatMap((name, i) => (i % 2 === 0 ? [[String(name), items[i + 1]] as const] : []));
      this.push(Object.fromEntries(members));
      this.value = false;
    }

    /** The package's uses the deprecated `new Buffer`, which prints a warning. */
    override endBase64(data: string): void {
      this.push(Buffer.from(data, 'base64'));
      this.value = false;
    }
  };
}

let decoderClass: ReturnType<typeof importDecoder> | undefined;

/** The parser, loaded once. */
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

export function normaliseLineEnds(xml: string): string {
  return xml.replace(/\r\n?/g, '\n');
}
