/** Every import in `src/` goes the way that the table in `src/README.md` allows. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { test } from 'node:test';

const root = new URL('../../src/', import.meta.url);
const pure = ['core/', 'util/', 'version.ts'];
const base = [...pure, 'config/', 'os/', 'log/'];

/** By folder, or file: what it may import besides its own folder. */
const mayImport: Record<string, readonly string[]> = {
  'core/': pure,
  'util/': pure,
  'version.ts': [],
  'config/': pure,
  'os/': pure,
  'log/': pure,
  'handover/': base,
  'convert/': [...pure, 'config/', 'handover/'],
  'readiness/': [...base, 'handover/'],
  'runtime/': [...base, 'handover/', 'readiness/'],
  'rpc/': [...pure, 'runtime/supervision.ts'],
  'web/': pure,
  'http/': [...pure, 'rpc/', 'runtime/supervision.ts', 'web/messages.ts', 'web/style.ts'],
  'ctl/': [
    ...pure,
    'rpc/contract.ts',
    'rpc/codec.ts',
    'config/load.ts',
    'config/find-config.ts',
    'config/daemon-usage.ts',
    'config/daemon-flags.ts',
    'config/diagnostic.ts',
    'config/ini-lines.ts',
    'config/glob.ts',
    'handover/server-files.ts',
    'convert/',
    'tui/run.ts',
  ],
  'tui/': [...pure, 'ctl/client.ts', 'ctl/failure.ts', 'rpc/contract.ts'],
  'take-over/': [...base, 'rpc/codec.ts', 'ctl/rpc-client.ts', 'ctl/failure.ts'],
  'daemon/': [...base, 'handover/', 'readiness/', 'runtime/', 'rpc/', 'http/', 'take-over/'],
  'hupd.ts': ['daemon/'],
  'hupctl.ts': ['ctl/', 'tui/', ...pure],
  'single/': [],
  'single.ts': ['daemon/', 'ctl/', ...pure],
};

interface Source {
  readonly path: string;
  /** Without comments and the contents of strings. */
  readonly code: string;
  readonly imports: readonly string[];
  /** Those that are still there at run time: types are not. */
  readonly loads: readonly string[];
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .map((path) => {
    const text = readFileSync(new URL(path, root), 'utf8');
    return {
      path,
      code: withoutText(text),
      imports: importsOf(text),
      loads: importsOf(text.replace(/^(?:import|export) type\b[^;]*;/gm, '')),
    };
  });

function importsOf(text: string): string[] {
  const statement = /^(?:import|export)\b(?:[^;'"`]*?\bfrom)?\s*['"]([^'"]+)['"]/gm;
  const call = /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g;
  const created = /\bcreateRequire\(import\.meta\.url\)\(['"]([^'"]+)['"]\)/g;
  return [statement, call, created].flatMap((form) => [...text.matchAll(form)].map(([, name]) => name ?? ''));
}

/** What stands in `${}` of a template goes too; nobody tells the time in there. */
function withoutText(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g, '');
}

function target(path: string, name: string): string | null {
  return name.startsWith('.') ? posix.join(posix.dirname(path), name) : null;
}

function ruleOf(path: string): string {
  return Object.keys(mayImport).find((key) => path.startsWith(key)) ?? '';
}

test('every source file has a place in the table', () => {
  assert.ok(sources.length > 50);
  assert.deepEqual(
    sources.filter(({ path }) => ruleOf(path) === '').map(({ path }) => path),
    [],
  );
});

test('no layer imports one above it or beside it', () => {
  const wrong = sources.flatMap(({ path, imports }) => {
    const rule = ruleOf(path);
    const allowed = [...(mayImport[rule] ?? []), rule];
    return imports
      .flatMap((name) => target(path, name) ?? [])
      .filter((to) => !allowed.some((one) => (one.endsWith('/') ? to.startsWith(one) : to === one)))
      .map((to) => `${path} imports ${to}`);
  });
  assert.deepEqual(wrong, []);
});

test('no file loads itself by any way round', () => {
  const files = new Map(sources.map(({ path, loads }) => [path, loads.flatMap((name) => target(path, name) ?? [])]));
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' > '));
    if (done.has(path) || way.includes(path)) return;
    for (const next of files.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of files.keys()) visit(path, []);
  assert.deepEqual(cycles, []);
});

test('core/ and util/ know no machine: no Node module, no clock, no timer, no chance, no process', () => {
  // `process` is what we call ours, too: these are its properties, or its specification's.
  const ours = ['exitCode', 'pid', 'umask', 'stdout', 'stderr'];
  const globals = Object.keys(process).filter((key) => /^[a-zA-Z]+$/.test(key) && !ours.includes(key));
  const machine = new RegExp(
    String.raw`\bnew Date\b|\bDate\.|\bMath\.random\b|\bperformance\.|\bconsole\.|\bglobalThis\b|\bfetch\(|` +
      String.raw`\b(?:set|clear)(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bprocess\.(?:std(?:out|err)\.write|${globals.join('|')})\b`,
  );
  const layer0 = sources.filter(({ path }) => pure.some((one) => path.startsWith(one)));
  assert.deepEqual(
    layer0.flatMap(({ path, code }) => machine.exec(code)?.map((what) => `${path}: ${what}`) ?? []),
    [],
  );
  assert.deepEqual(
    layer0.flatMap(({ path, imports }) =>
      imports.filter((name) => !name.startsWith('.')).map((name) => `${path}: ${name}`),
    ),
    [],
  );
});

test('of config/ only load.ts reads files', () => {
  const readers = sources.filter(({ path, imports }) => path.startsWith('config/') && imports.some(isBuiltin));
  assert.deepEqual(
    readers.map(({ path }) => path),
    ['config/load.ts'],
  );
});

test('a package of others is imported in one file of ours, and is in package.json', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', root), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const importers = new Map<string, string[]>();
  for (const { path, imports } of sources) {
    const packages = imports.filter((name) => !name.startsWith('.') && !isBuiltin(name)).map(packageOf);
    for (const name of new Set(packages)) importers.set(name, [...(importers.get(name) ?? []), path]);
  }
  for (const [name, paths] of importers) {
    assert.equal(paths.length, 1, `${name} is imported by ${paths.join(', ')}`);
    assert.ok(name in manifest.dependencies, `${name}, imported by ${paths[0]}, is not a dependency`);
  }
  assert.ok(importers.has('koffi'));
});

test("Node's modules are imported with their prefix", () => {
  const bare = sources.flatMap(({ path, imports }) =>
    imports.filter((name) => builtinModules.includes(name)).map((name) => `${path}: ${name}`),
  );
  assert.deepEqual(bare, []);
});

test('no folder has an index.ts', () => {
  assert.deepEqual(
    sources.filter(({ path }) => posix.basename(path) === 'index.ts').map(({ path }) => path),
    [],
  );
});

function isBuiltin(name: string): boolean {
  return name.startsWith('node:');
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
