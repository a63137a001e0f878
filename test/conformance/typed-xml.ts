/** XML-RPC answers with their types kept: `{int: '5'}`, `{string: 'x'}`, so that 1 and true and "1" are three things. */

export type Typed =
  | { readonly type: string; readonly text: string }
  | { readonly type: 'array'; readonly items: readonly Typed[] }
  | { readonly type: 'struct'; readonly members: ReadonlyMap<string, Typed> };

/** The parameter of a response, or its fault as `{fault: struct}`. Throws at what is no response. */
export function readTyped(xml: string): { readonly fault: boolean; readonly value: Typed } {
  const tokens: readonly string[] = xml.match(/<[^>]*>|[^<]+/g) ?? [];
  let at = tokens.indexOf('<value>');
  if (at < 0) throw new Error(`no response: ${xml}`);

  const skipBlank = (): void => {
    while (tokens[at] !== undefined && tokens[at]?.trim() === '') at++;
  };
  const take = (): string => tokens[at++] ?? '';
  const expect = (tag: string): void => {
    skipBlank();
    const got = take();
    if (got !== tag) throw new Error(`${tag} expected, not ${got}, in ${xml}`);
  };
  const text = (end: string): string => {
    let out = '';
    while (tokens[at] !== end) out += take();
    at++;
    return unescapeXml(out);
  };
  const value = (): Typed => {
    expect('<value>');
    const tag = take();
    const type = tag.slice(1, -1);
    let read: Typed;
    if (type === 'array') {
      expect('<data>');
      const items: Typed[] = [];
      for (skipBlank(); tokens[at] === '<value>'; skipBlank()) items.push(value());
      expect('</data>');
      expect('</array>');
      read = { type: 'array', items };
    } else if (type === 'struct') {
      const members = new Map<string, Typed>();
      for (skipBlank(); tokens[at] === '<member>'; skipBlank()) {
        at++;
        expect('<name>');
        const name = text('</name>');
        members.set(name, value());
        expect('</member>');
      }
      expect('</struct>');
      read = { type: 'struct', members };
    } else {
      read = { type, text: text(`</${type}>`) };
    }
    expect('</value>');
    return read;
  };
  return { fault: xml.includes('<fault>'), value: value() };
}

/** As plain data with the types in it, for a comparison that can be read. */
export function plain(value: Typed): unknown {
  if ('items' in value) return value.items.map(plain);
  if ('members' in value) return Object.fromEntries([...value.members].map(([name, inner]) => [name, plain(inner)]));
  return `${value.type}: ${value.text}`;
}

function unescapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_all, code: string | undefined, name: string | undefined) =>
    code === undefined ? (names[name ?? ''] ?? '?') : String.fromCodePoint(Number(code)),
  );
}
