// Builds both outputs: `dist/`, and `build/`, the plain modules that the tests import. hupd is a bundle with lazy chunks. hupctl is one
// CommonJS file, whose modules run when they are needed: Node starts that some 12 ms sooner than ES modules in chunks, a sixth of
// what `hupctl status` takes. The dashboard's script is one file, sent to browsers as it is. With them the licence texts of what is in them.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { bundledPackages, licenceTexts } from './licences.mjs';

const tests = !process.argv.includes('--no-tests');
rmSync('dist', { recursive: true, force: true });
const common = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: ['koffi', 'blessed'],
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
};
const hupd = await build({
  ...common,
  entryPoints: ['src/hupd.ts'],
  splitting: true,
  format: 'esm',
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
const hupctl = await build({
  ...common,
  entryPoints: ['src/hupctl.ts'],
  format: 'cjs',
  minifyWhitespace: true,
  outExtension: { '.js': '.cjs' },
});
await build({
  entryPoints: { dashboard: 'src/web/client/main.ts' },
  outdir: 'dist',
  bundle: true,
  format: 'iife',
  target: 'es2022',
  minify: true,
  logLevel: 'warning',
});
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licenceTexts(bundledPackages([hupd.metafile, hupctl.metafile])));
const compiled = spawnSync(process.execPath, ['scripts/compile-hupctl.mjs'], { stdio: 'inherit' });
if (compiled.status !== 0) process.exit(1);
if (tests) {
  const { status } = spawnSync('node_modules/.bin/tsc', { stdio: 'inherit' });
  process.exit(status ?? 1);
}
