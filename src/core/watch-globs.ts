/**
 * The globs of `watch` and `watch_ignore`: `*`, `?`, `[a-z]`, `{a,b}` within a name, `**` for any number of directories. One that names a
 * directory stands for everything under it. Names that begin with a dot have to be asked for, as in a shell, except under a directory
 * that is named.
 */

export interface WatchGlobs {
  /** Where to look: directories, or files that are named outright. None contains another. */
  readonly roots: readonly string[];
  /** A change of this path counts. That of a root, or of a directory that it is in, does: everything under it is another. */
  matches(path: string): boolean;
  /** Not worth a look: neither this path nor anything under it counts. */
  isIgnored(path: string, isDirectory: boolean): boolean;
}

type Segment = RegExp | '**';
type Glob = readonly Segment[];

/**
 * What nobody means: the business of version control and of editors, and what a program writes when it starts, which would reload it
 * for ever. Whoever names such a directory in a glob gets it.
 */
const neverMeant = compileName(
  '{.git,.hg,.svn,.jj,node_modules,__pycache__,.venv,.mypy_cache,.pytest_cache,.ruff_cache,.idea,.vscode,' +
    '*.pyc,*.pyo,*~,.#*,#*#,*.sw[a-z],.*.sw[a-z],.sw[a-z],4913,*.tmp,.*.tmp,.goutputstream-*,*___jb_tmp___,*___jb_old___,.DS_Store,.nfs*}',
);

/** All globs absolute; an `ignore` without a slash is a name, wherever it is. `alsoIgnored`: paths, such as logs of our own. */
export function compileWatchGlobs(
  watch: readonly string[],
  ignore: readonly string[],
  alsoIgnored: readonly string[] = [],
): WatchGlobs {
  const globs = watch.flatMap(expandBraces).map(compileGlob);
  const ignoredPaths = ignore
    .filter((glob) => glob.includes('/'))
    .flatMap(expandBraces)
    .map(compileGlob);
  const ignoredNames = ignore.filter((glob) => !glob.includes('/')).map(compileName);
  const roots = outermost(watch.flatMap(expandBraces).map(literalPart));
  const own = new Set(alsoIgnored);
  const isLeftOut = (path: string) =>
    own.has(path.replace(/\.\d+$/, '')) ||
    ignoredPaths.some((glob) => matchesUnder(glob, split(path))) ||
    namesBelow(path, roots).some((name) => neverMeant(name) || ignoredNames.some((matches) => matches(name)));
  return {
    roots,
    matches: (path) =>
      roots.some((root) => root === path || isUnder(root, path)) ||
      (!isLeftOut(path) && globs.some((glob) => matchesUnder(glob, split(path)))),
    isIgnored: (path, isDirectory) => {
      if (isLeftOut(path)) return true;
      const segments = split(path);
      return !globs.some((glob) => matchesUnder(glob, segments) || (isDirectory && mayContain(glob, segments)));
    },
  };
}

/** The path, or a directory that it is in. */
function matchesUnder(glob: Glob, path: readonly string[]): boolean {
  for (let length = path.length; length > 0; length--) if (matchesWhole(glob, path.slice(0, length))) return true;
  return false;
}

function matchesWhole(glob: Glob, path: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return path.length === 0;
  if (first !== '**') return path.length > 0 && first.test(path[0] ?? '') && matchesWhole(rest, path.slice(1));
  // As the last segment it stands for what is in the directory, not for the directory.
  if (rest.length === 0) return path.length > 0 && !path.some(isHidden);
  return matchesWhole(rest, path) || (path.length > 0 && !isHidden(path[0] ?? '') && matchesWhole(glob, path.slice(1)));
}

/** Something under that directory may match. */
function mayContain(glob: Glob, directory: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined || directory.length === 0) return true;
  if (first !== '**') return first.test(directory[0] ?? '') && mayContain(rest, directory.slice(1));
  return mayContain(rest, directory) || (!isHidden(directory[0] ?? '') && mayContain(glob, directory.slice(1)));
}

function isHidden(name: string): boolean {
  return name.startsWith('.');
}

function compileGlob(glob: string): Glob {
  return split(glob).map((segment) => (segment === '**' ? '**' : compileSegment(segment)));
}

function compileName(glob: string): (name: string) => boolean {
  const all = expandBraces(glob).map(compileSegment);
  return (name) => all.some((pattern) => pattern.test(name));
}

function compileSegment(segment: string): RegExp {
  const body = segment.replace(
    /\[([!^]?)([^\]]+)\]|[\s\S]/g,
    (char, not: string | undefined, set: string | undefined) => {
      if (char === '*') return '[^/]*';
      if (char === '?') return '[^/]';
      if (set !== undefined) return `[${not === '' ? '' : '^'}${set.replace(/[\\[\]^]/g, '\\$&')}]`;
      return char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    },
  );
  return new RegExp(`^${/^[*?[]/.test(segment) ? '(?!\\.)' : ''}${body}$`, 's');
}

/** `a{b,c}d`: `abd`, `acd`. One without a comma or an end is literal. */
function expandBraces(glob: string): readonly string[] {
  const found = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(glob);
  if (found === null) return [glob];
  const [, before = '', choices = '', after = ''] = found;
  return choices.split(',').flatMap((choice) => expandBraces(before + choice + after));
}

/** Up to the first segment with a wildcard. */
function literalPart(glob: string): string {
  const segments = split(glob);
  const first = segments.findIndex((segment) => /[*?[]/.test(segment));
  return `/${(first === -1 ? segments : segments.slice(0, first)).join('/')}`;
}

function outermost(paths: readonly string[]): readonly string[] {
  const all = [...new Set(paths)];
  return all.filter((path) => !all.some((other) => other !== path && isUnder(path, other)));
}

function isUnder(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** The names of a path that no glob has named: those below its root. */
function namesBelow(path: string, roots: readonly string[]): readonly string[] {
  const root = roots.find((candidate) => path === candidate || isUnder(path, candidate));
  return root === undefined ? [] : split(path).slice(split(root).length);
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}
