// What a start does without, as plugins of esbuild.
import { join, relative } from 'node:path';

/** Modules of Node that most runs of a program do without: each is loaded when something of it is used, which saves a tenth of the start. */
const lazily = [
  'node:child_process',
  'node:crypto',
  'node:dns/promises',
  'node:fs/promises',
  'node:perf_hooks',
  'node:readline',
];

export const loadLazily = {
  name: 'load-lazily',
  setup(builder) {
    builder.onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      lazily.includes(path) && namespace !== 'lazy' ? { path, namespace: 'lazy' } : { path, external: true },
    );
    builder.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path));
      const getters = names.map((name) => `get ${name}() { return require('${path}').${name}; }`);
      return { contents: `module.exports = { ${getters.join(', ')} };` };
    });
  },
};

/**
 * koffi's own files in the bundle: to find and to compile them costs a twelfth of hupd's start. Its library stays where it is installed. If it is not
 * found from here, as with a package manager that shows a package nothing but its own dependencies, or if it is of another version, koffi is loaded
 * as ever.
 */
export const bundleKoffi = {
  name: 'bundle-koffi',
  setup(builder) {
    builder.onResolve({ filter: /^node:module$/ }, ({ path, namespace }) =>
      namespace === 'koffi' ? undefined : { path, namespace: 'koffi' },
    );
    builder.onLoad({ filter: /.*/, namespace: 'koffi' }, () => ({
      resolveDir: '.',
      contents: `
        const load = (name) => {
          try {
            return require('koffi');
          } catch {
            return require('node:module').createRequire(__filename)(name);
          }
        };
        exports.createRequire = () => load;`,
    }));
    builder.onResolve({ filter: /^@koromix\// }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * By file in dist/: modules that few runs of hupctl need, and two thirds of all. With the rest they would cost each `hupctl status` a tenth of its
 * time, just by being read. What such a file imports of ours is its own copy.
 */
export const apart = {
  'hupctl-xmlrpc': ['xmlrpc/lib/customtype.js', 'xmlrpc/lib/serializer.js', 'xmlrpc/lib/deserializer.js'],
  'hupctl-top': ['./src/tui/run.ts'],
  'hupctl-import': ['./src/ctl/commands/import.ts'],
  'hupctl-migrate': ['./src/ctl/commands/migrate.ts'],
};
const fileOf = new Map(Object.entries(apart).flatMap(([file, modules]) => modules.map((module) => [module, file])));

/** The source of such a file: each module runs when it is asked for. */
export function entryOf(modules) {
  const getters = modules.map((module) => `get '${module}'() { return require('${module}'); }`);
  return `module.exports = { ${getters.join(', ')} };`;
}

/** `own`: the file that is built, in which its own modules are. */
export const loadApart = (own) => ({
  name: 'load-apart',
  setup(builder) {
    builder.onResolve({ filter: /^xmlrpc\/|\/(run|import|migrate)\.ts$/ }, ({ path, resolveDir }) => {
      const module = path.startsWith('.') ? `./${relative('.', join(resolveDir, path))}` : path;
      const file = fileOf.get(module);
      return file === undefined || file === own ? undefined : { path: module, namespace: 'apart' };
    });
    builder.onLoad({ filter: /.*/, namespace: 'apart' }, ({ path }) => ({
      contents: `module.exports = require('../dist/${fileOf.get(path)}.cjs')['${path}'];`,
    }));
    // Beside the program, whose require() is that of bin/compiled.cjs.
    builder.onResolve({ filter: /^\.\.\/dist\// }, ({ path }) => ({ path, external: true }));
  },
});
