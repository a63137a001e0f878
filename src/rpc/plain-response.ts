/**
 * The responses that servers give all day, read without a parser: texts, numbers, booleans, arrays and structs, to the letter as Python's
 * `xmlrpc.client` and hupd write them. With the parser, `hupctl status` of a hundred programs takes twice as long. What is only a little
 * different is left to it; it says the same of all that is read here (a property in the tests holds that).
 */
import type { RpcFault, RpcResponse, RpcValue } from './codec.ts';

/** Deeper is for the parser, which does not call itself. */
const maxDepth = 32;

/** null: not such a response, or none at all. */
export function readPlainResponse(xml: string): RpcResponse | null {
  if (xml.includes('\r')) return null; // it would have to become a line feed
  const reader = new Reader(xml);
  if (!reader.take("<?xml version='1.0'?>\n<methodResponse>\n")) return null;
  if (reader.take('<params>\n<param>\n')) {
    const value = reader.value(0);
    return value !== undefined && reader.ends('</param>\n</params>\n</methodResponse>\n') ? { value } : null;
  }
  if (!reader.take('<fault>\n')) return null;
  const fault = reader.value(0) as RpcFault | undefined;
  return fault !== undefined && reader.ends('</fault>\n</methodResponse>\n') ? { fault } : null;
}

/** undefined: something that is not plain. */
class Reader {
  readonly #xml: string;
  #at = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  /** Goes past this text if it is what comes next. */
  take(text: string): boolean {
    const isNext = this.#xml.startsWith(text, this.#at);
    if (isNext) this.#at += text.length;
    return isNext;
  }

  ends(text: string): boolean {
    return this.take(text) && this.#at === this.#xml.length;
  }

  value(depth: number): RpcValue | undefined {
    if (depth > maxDepth || !this.take('<value><')) return undefined;
    const type = this.#until('>');
    this.#at += 1;
    if (type === 'struct') return this.#struct(depth + 1);
    if (type === 'array') return this.#array(depth + 1);
    const value = scalarOf(type, this.#until('<'));
    return this.take(`</${type}></value>\n`) ? value : undefined;
  }

  #array(depth: number): readonly RpcValue[] | undefined {
    if (!this.take('<data>\n')) return undefined;
    const items: RpcValue[] = [];
    while (!this.take('</data></array></value>\n')) {
      const item = this.value(depth);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #struct(depth: number): { readonly [name: string]: RpcValue } | undefined {
    if (!this.take('\n')) return undefined;
    const members: { [name: string]: RpcValue } = {};
    while (this.take('<member>\n<name>')) {
      const name = this.#until('<');
      const value = this.take('</name>\n') ? this.value(depth) : undefined;
      if (value === undefined || !this.take('</member>\n') || name.includes('&') || name === '__proto__')
        return undefined;
      members[name] = value;
    }
    return this.take('</struct></value>\n') ? members : undefined;
  }

  /** What stands before that character, or '' if it does not come. */
  #until(character: string): string {
    const from = this.#at;
    this.#at = Math.max(from, this.#xml.indexOf(character, from));
    return this.#xml.slice(from, this.#at);
  }
}

const integer = /^-?\d{1,10}$/;
const decimal = /^-?\d{1,15}(?:\.\d{1,15})?$/;

function scalarOf(type: string, text: string): RpcValue | undefined {
  if (type === 'string') return text.includes('&') ? unescaped(text) : text;
  if (type === 'int') return integer.test(text) ? Number(text) : undefined;
  if (type === 'boolean') return text === '1' || text === '0' ? text === '1' : undefined;
  return type === 'double' && decimal.test(text) ? Number(text) : undefined;
}

/** What Python and hupd escape, and nothing else; `&amp;` comes last, that nothing is unescaped twice. */
function unescaped(text: string): string | undefined {
  if (/&(?!(?:amp|lt|gt|#13);)/.test(text)) return undefined;
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#13;', '\r').replaceAll('&amp;', '&');
}
