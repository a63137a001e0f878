/**
 * The calls that clients make all day, read without a parser: one method, and parameters that are plain texts, small integers or booleans. What is
 * only a little different is left to the parser, which says the same of all that is read here (a property in the tests holds that).
 */
import type { RpcCall } from './decode-call.ts';

/** A longer one is worth a parser. */
const longest = 4096;

const blanks = '[ \\t\\r\\n]*';
const head = new RegExp(
  `(?:<\\?xml version=(?:'1.0'|"1.0")\\?>)?${blanks}<methodCall>${blanks}<methodName>([A-Za-z0-9_.]+)</methodName>${blanks}(<params>${blanks})?`,
  'y',
);
/** Printable ASCII without what means something in XML. */
const param = new RegExp(
  `<param>${blanks}<value><(string|int|i4|boolean)>([ -%'-;=?-~\\n]*)</\\1></value>${blanks}</param>${blanks}`,
  'y',
);
const tail = new RegExp(`</methodCall>${blanks}$`, 'y');
const tailAfterParams = new RegExp(`</params>${blanks}</methodCall>${blanks}$`, 'y');

/** null: not such a call, or no call at all. */
export function readPlainCall(xml: string): RpcCall | null {
  if (xml.length > longest) return null;
  head.lastIndex = 0;
  const begin = head.exec(xml);
  if (begin?.[1] === undefined) return null;
  const params: (string | number | boolean)[] = [];
  let at = head.lastIndex;
  while (begin[2] !== undefined) {
    param.lastIndex = at;
    const found = param.exec(xml);
    if (found === null) break;
    const value = scalar(found[1] ?? '', found[2] ?? '');
    if (value === null) return null;
    params.push(value);
    at = param.lastIndex;
  }
  const end = begin[2] === undefined ? tail : tailAfterParams;
  end.lastIndex = at;
  return end.test(xml) ? { method: begin[1], params } : null;
}

function scalar(type: string, text: string): string | number | boolean | null {
  if (type === 'string') return text;
  if (type === 'boolean') return /^[01]$/.test(text) ? text === '1' : null;
  return /^(?:0|-?[1-9][0-9]{0,8})$/.test(text) ? Number(text) : null;
}
