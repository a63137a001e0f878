/**
 * The responses that servers give all day, read without a parser: texts, numbers, booleans, arrays and structs as Python's `xmlrpc.client` and hupd
 * write them. With the parser, `hupctl status` of a hundred programs takes twice as long. What is only a little different is left to it;
 * it says the same of all that is read here (a property in the tests holds that).
 */
import type { RpcFault, RpcResponse, RpcValue } from './codec.ts';

const blanks = '[ \\t\\n]*';
/** A carriage return would have to become a line feed. */
const scalarValue = `<value><(string|int|boolean|double)>([^<\\r]*)</\\1></value>${blanks}`;

const head = sticky(`<\\?xml version=(?:'1.0'|"1.0")\\?>${blanks}<methodResponse>${blanks}`);
const paramBegin = sticky(`<params>${blanks}<param>${blanks}`);
const paramEnd = sticky(`</param>${blanks}</params>${blanks}</methodResponse>${blanks}$`);
const faultBegin = sticky(`<fault>${blanks}`);
const faultEnd = sticky(`</fault>${blanks}</methodResponse>${blanks}$`);
const scalar = sticky(scalarValue);
const arrayBegin = sticky(`<value><array>${blanks}<data>${blanks}`);
const arrayEnd = sticky(`</data>${blanks}</array></value>${blanks}`);
const structBegin = sticky(`<value><struct>${blanks}`);
const structEnd = sticky(`</struct></value>${blanks}`);
const scalarMember = sticky(
  `<member>${blanks}<name>([A-Za-z][A-Za-z0-9_]*)</name>${blanks}${scalarValue}</member>${blanks}`,
);
const memberBegin = sticky(`<member>${blanks}<name>([A-Za-z][A-Za-z0-9_]*)</name>${blanks}`);
const memberEnd = sticky(`</member>${blanks}`);

/** Deeper is for the parser, which does not call itself. */
const maxDepth = 32;

/** null: not such a response, or none at all. */
export function readPlainResponse(xml: string): RpcResponse | null {
  const reader = new Reader(xml);
  if (reader.take(head) === null) return null;
  if (reader.take(paramBegin) !== null) {
    const value = reader.value(0);
    return value === undefined || reader.take(paramEnd) === null ? null : { value };
  }
  if (reader.take(faultBegin) === null) return null;
  const fault = reader.value(0);
  return fault === undefined || reader.take(faultEnd) === null ? null : { fault: fault as unknown as RpcFault };
}

/** undefined: something that is not plain. */
class Reader {
  readonly #xml: string;
  #at = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  /** Goes past what stands here; null if it is something else. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#xml);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  value(depth: number): RpcValue | undefined {
    const found = this.take(scalar);
    if (found !== null) return scalarOf(found[1], found[2] ?? '');
    if (depth === maxDepth) return undefined;
    if (this.take(structBegin) !== null) return this.#struct(depth + 1);
    return this.take(arrayBegin) === null ? undefined : this.#array(depth + 1);
  }

  #array(depth: number): readonly RpcValue[] | undefined {
    const items: RpcValue[] = [];
    while (this.take(arrayEnd) === null) {
      const item = this.value(depth);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #struct(depth: number): { readonly [name: string]: RpcValue } | undefined {
    const members: { [name: string]: RpcValue } = {};
    while (this.take(structEnd) === null) {
      const plain = this.take(scalarMember);
      const name = plain?.[1] ?? this.take(memberBegin)?.[1];
      const value = plain === null ? this.value(depth) : scalarOf(plain[2], plain[3] ?? '');
      if (name === undefined || value === undefined || (plain === null && this.take(memberEnd) === null))
        return undefined;
      members[name] = value;
    }
    return members;
  }
}

function scalarOf(type: string | undefined, text: string): RpcValue | undefined {
  if (type === 'string') return text.includes('&') ? unescaped(text) : text;
  if (type === 'boolean') return text === '1' || text === '0' ? text === '1' : undefined;
  const form = type === 'int' ? /^-?\d{1,10}$/ : /^-?\d{1,15}(?:\.\d{1,15})?$/;
  return form.test(text) ? Number(text) : undefined;
}

/** What Python and hupd escape, and nothing else; `&amp;` comes last, that nothing is unescaped twice. */
function unescaped(text: string): string | undefined {
  if (/&(?!(?:amp|lt|gt|#13);)/.test(text)) return undefined;
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#13;', '\r').replaceAll('&amp;', '&');
}

function sticky(pattern: string): RegExp {
  return new RegExp(pattern, 'y');
}
