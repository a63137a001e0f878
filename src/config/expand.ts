/**
 * `%(name)s` in the values of a file. Which names there are depends on the option; the errors are supervisord's. A literal percent is `%%`.
 */

import { compareCodePoints } from '../util/code-point-order.ts';
import { formatPercent } from '../util/python-format.ts';
import { reprText } from '../util/python-repr.ts';

/** Names and values, the later layers over the earlier ones. */
export type Names = ReadonlyArray<ReadonlyMap<string, string | number>>;

export type Expanded = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string };

const nothing: ReadonlyMap<string, string> = new Map();

/**
 * `where` stands in the error text: `program:web.command`. `hidden` names work too, but the error text, which is supervisord's, does not
 * offer them. Names of the environment are shown there, never values.
 */
export function expand(
  text: string,
  names: Names,
  where: string,
  hidden: ReadonlyMap<string, string> = nothing,
): Expanded {
  if (!text.includes('%')) return { ok: true, value: text };
  const layers = [hidden, ...names];
  const outcome = formatPercent(text, (name) => layers.findLast((layer) => layer.has(name))?.get(name));
  if ('value' in outcome) return { ok: true, value: outcome.value };
  const quoted = `Format string ${reprText(text)} for ${reprText(where)}`;
  if ('malformed' in outcome) return { ok: false, error: `${quoted} is badly formatted: ${outcome.malformed}` };
  const available = [...new Set(names.flatMap((layer) => [...layer.keys()]))].sort(compareCodePoints).join(', ');
  const unknown = reprText(outcome.unknown);
  return {
    ok: false,
    error: `${quoted} contains names (${unknown}) which cannot be expanded. Available names: ${available}`,
  };
}
