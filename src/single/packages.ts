/**
 * In the single executable there is no node_modules. What can not be in the bundle, since it needs files of its own (koffi a shared library for
 * the dynamic loader, blessed descriptions of terminals), is carried as assets and written to a private directory when it is asked for.
 *
 * Only for the single executable: its build puts this in the place of `createRequire` and of `blessed`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire as nodeCreateRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getAsset } from 'node:sea';

/** By package: its files, and those of packages that it requires, as their paths below `node_modules/`. */
type Manifest = Readonly<Record<string, readonly string[]>>;

/** In the place of node's: whatever module asks, the packages are the same. */
export function createRequire(): (name: string) => unknown {
  return requirePackage;
}

/** Throws the first problem when no place will do: some are mounted so that nothing in them may be executed. */
export function requirePackage(name: string): unknown {
  const problems: unknown[] = [];
  for (const place of [tmpdir(), process.env.XDG_RUNTIME_DIR, '/run', '/var/tmp', '/dev/shm']) {
    if (place === undefined) continue;
    try {
      return load(name, place);
    } catch (error) {
      problems.push(error);
    }
  }
  throw problems[0];
}

function load(name: string, place: string): unknown {
  // Mode 0700, and a name that nobody could have put there before.
  const directory = mkdtempSync(join(place, 'hupd-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    for (const file of (JSON.parse(getAsset('manifest.json', 'utf8')) as Manifest)[name] ?? []) {
      const path = join(directory, 'node_modules', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, new Uint8Array(getAsset(file)), { mode: 0o700 });
    }
    const loaded = nodeCreateRequire(join(directory, 'here.cjs'))(name);
    // A library that is loaded stays so without its file; blessed reads its files when it is used.
    if (name === 'koffi') remove();
    else process.on('exit', remove);
    return loaded;
  } catch (error) {
    remove();
    throw error;
  }
}
