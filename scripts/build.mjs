// Builds both outputs: `dist/`, one bundle per binary with lazy chunks, and `build/`, the plain modules that the tests import.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const tests = !process.argv.includes('--no-tests');
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/hupd.ts', 'src/hupctl.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['koffi', 'blessed'],
  minifySyntax: true,
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
if (tests) {
  const { status } = spawnSync('node_modules/.bin/tsc', { stdio: 'inherit' });
  process.exit(status ?? 1);
}
