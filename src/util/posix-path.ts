/** Paths as text, by the rules of Python's `os.path`: they decide what a path in a file means and how a message spells it. */

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** `a` is forgotten when `b` is absolute. */
export function join(a: string, b: string): string {
  if (isAbsolute(b) || a === '') return b;
  return a.endsWith('/') ? a + b : `${a}/${b}`;
}

/** Everything before the last slash; '' for a bare name, `/` for what lies in the root. */
export function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Without `.`, `..` and doubled slashes, textually. Exactly two leading slashes stay, as POSIX allows and Python keeps them. */
export function normalize(path: string): string {
  const root = /^\/{0,3}/.exec(path)?.[0] ?? '';
  const prefix = root === '//' ? '//' : root === '' ? '' : '/';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..' || (prefix === '' && (parts.length === 0 || parts.at(-1) === '..'))) parts.push(part);
    else parts.pop();
  }
  return prefix + parts.join('/') || '.';
}

export function absolute(path: string, cwd: string): string {
  return normalize(join(cwd, path));
}
