/**
 * XML-RPC responses, written straight in supervisord's shape: the tags, their order and their line ends are those of Python's `xmlrpc.client`,
 * which some clients read with a regular expression. The package's serializer is no use here: it throws at control characters, and it
 * guesses the type of a number from its value.
 *
 * Characters that XML 1.0 cannot carry come out of supervisord as they are, and every XML parser then refuses the whole answer. Here they are
 * replaced: a control character by its picture (ESC by U+241B), which stays readable, anything else by U+FFFD. A client that reads
 * them all the same (hupctl) asks for the raw form.
 */
import type { RpcFault } from './codec.ts';

/** What methods answer. A number is an `<int>`, capped to 32 bits; there is no nil. */
export type RpcResult =
  | string
  | number
  | boolean
  | Double
  | readonly RpcResult[]
  | { readonly [name: string]: RpcResult };

/** A number that is a `<double>` even when it is whole. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export type ControlCharacters = 'replaced' | 'raw';

const intMax = 2 ** 31 - 1;
const intMin = -(2 ** 31);

/** A response as XML text. Whatever the strings hold, it is well-formed unless `controls` is `raw`. */
export function encodeResponse(value: RpcResult, controls: ControlCharacters = 'replaced'): string {
  return `${opening}${encodeValue(value, controls)}${closing}`;
}

export function encodeFault({ faultCode, faultString }: RpcFault, controls: ControlCharacters = 'replaced'): string {
  const struct = encodeValue({ faultCode, faultString }, controls);
  return `${head}<methodResponse>\n<fault>\n${struct}</fault>\n</methodResponse>\n`;
}

/** The response of one value, encoded when it is first sent. */
export class Encoded {
  readonly #bytes: Partial<Record<ControlCharacters, Buffer>> = {};

  of(value: RpcResult, controls: ControlCharacters): Buffer {
    this.#bytes[controls] ??= Buffer.concat([...pieces(value, controls)]);
    return this.#bytes[controls];
  }
}

/** A text that is put together of very many costs V8 more for each of them: a list is made bytes item by item. */
function* pieces(value: RpcResult, controls: ControlCharacters): Iterable<Buffer> {
  const [before, after] = isArray(value) ? listEnds : noEnds;
  yield Buffer.from(opening + before);
  for (const item of isArray(value) ? value : [value]) yield Buffer.from(encodeValue(item, controls));
  yield Buffer.from(after + closing);
}

/** What a string of ours looks like to a client that reads the replaced form. */
export function replaceUnrepresentable(text: string): string {
  return text.replace(unrepresentable, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

const head = "<?xml version='1.0'?>\n";
const opening = `${head}<methodResponse>\n<params>\n<param>\n`;
const closing = '</param>\n</params>\n</methodResponse>\n';
const listEnds = ['<value><array><data>\n', '</data></array></value>\n'] as const;
const noEnds = ['', ''] as const;
/** Not in XML 1.0's production Char; with the `u` flag a lone surrogate is a character of its own. */
const unrepresentable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function encodeValue(value: RpcResult, controls: ControlCharacters): string {
  if (typeof value === 'string') return `<value><string>${escapeText(value, controls)}</string></value>\n`;
  if (typeof value === 'number') return `<value><int>${cappedInt(value)}</int></value>\n`;
  if (typeof value === 'boolean') return `<value><boolean>${value ? 1 : 0}</boolean></value>\n`;
  if (value instanceof Double) {
    return `<value><double>${Number.isFinite(value.value) ? value.value : 0}</double></value>\n`;
  }
  let inner = '';
  if (isArray(value)) {
    for (const item of value) inner += encodeValue(item, controls);
    return listEnds.join(inner);
  }
  // Twice as fast as by entries.
  for (const name of Object.keys(value)) {
    const member = encodeValue(value[name] as RpcResult, controls);
    inner += `<member>\n<name>${escapeText(name, controls)}</name>\n${member}</member>\n`;
  }
  return `<value><struct>\n${inner}</struct></value>\n`;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: RpcResult): value is readonly RpcResult[] {
  return Array.isArray(value);
}

/** supervisord answers HTTP 500 to anything that is larger. */
function cappedInt(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.min(intMax, Math.max(intMin, value))) + 0;
}

/** A carriage return must be a reference, or XML's line end rule makes a line feed of it. */
function escapeText(text: string, controls: ControlCharacters): string {
  if (plain.test(text)) return text;
  const fit = controls === 'raw' ? text : replaceUnrepresentable(text);
  return fit.replace(/[&<>\r]/g, (char) => escapes[char as keyof typeof escapes]);
}

/** Nearly every text: printable ASCII with nothing to escape. */
const plain = /^[ -%'-;=?-~\t\n]*$/;
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' } as const;
