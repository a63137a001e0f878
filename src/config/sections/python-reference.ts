/**
 * References to Python code (`module:name`), of which supervisord files have a few. hupd has the stock ones built in and can not run any
 * other: it refuses them as supervisord refuses a module that is not installed, or, told to, names them once and goes on without.
 */
import { reprText } from '../../util/python-repr.ts';
import type { Reading, SectionReader } from '../reading.ts';

const FORM = /^x\s*=\s*([\p{L}\p{N}_.]+)\s*(?::\s*([\p{L}\p{N}_.]+))?\s*(?:\[.*\])?\s*$/u;

export type Reference = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly error: string };

/** `module:name` without blanks and extras. */
export function parseReference(text: string): Reference {
  const [whole, module = '', attribute] = FORM.exec(`x=${text}`) ?? [];
  if (whole === undefined) {
    return {
      ok: false,
      error: `("EntryPoint must be in 'name=module:attrs [extras]' format", ${reprText(`x=${text}`)})`,
    };
  }
  return { ok: true, name: attribute === undefined ? module : `${module}:${attribute}` };
}

/** One of the `known` references, or null when it is another one: refused by then, or named in a warning and to be left out. */
export function resolveReference<K extends string>(
  reading: Reading,
  section: SectionReader,
  option: string,
  text: string,
  known: readonly K[],
): K | null {
  const reference = parseReference(text);
  if (!reference.ok) {
    section.refuse(option, reference.error, 'write module:function');
    return null;
  }
  const found = known.find((name) => name === reference.name);
  if (found !== undefined) return found;
  if (reading.ignorePythonPlugins) {
    section.warn(option, `${text} within [${section.name}] is Python code and is ignored (ignore_python_plugins)`, '');
  } else {
    section.refuse(
      option,
      `${text} cannot be resolved within [${section.name}]`,
      'hupd runs no Python: remove it, or set ignore_python_plugins=true in [supervisord] to go on without it',
    );
  }
  return null;
}
