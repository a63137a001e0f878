// `npm run build:single [FOLDER]`: hupd and hupctl as one executable with this node inside, FOLDER/hupd (`artifacts/` when none is named), and the
// licences of all that is in it. What is in dist/ must be of these sources.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, licenceTexts, nodeLicence } from './licences.mjs';

const folder = process.argv[2] ?? 'artifacts';
const work = mkdtempSync(join(tmpdir(), 'hupd-single-'));
try {
  mkdirSync(folder, { recursive: true });
  const bundle = join(work, 'single.cjs');
  const metafile = await bundleTo(bundle);
  const carried = carriedPackages();
  const blob = seaBlob(bundle, carried);
  const executable = join(folder, 'hupd');
  copyFileSync(process.execPath, executable);
  chmodSync(executable, 0o755);
  // An eighth of node is names for debuggers. Later it can not be done: strip would move what is added.
  spawnSync('strip', [executable]);
  // It says of each section whose name it can not read so, by the console that it finds when it is loaded; that is no news of ours.
  console.warn = () => {};
  const { inject } = await import('postject');
  await inject(executable, 'NODE_SEA_BLOB', blob, { sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2' });
  const texts = licenceTexts([...bundledPackages([metafile]), 'node_modules/blessed', 'node_modules/koffi']);
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), `${texts}\n${'-'.repeat(80)}\n\n${nodeLicence()}`);
} finally {
  rmSync(work, { recursive: true });
}

async function bundleTo(outfile) {
  const packages = resolve('src/single/packages.ts');
  const { metafile } = await build({
    entryPoints: ['src/single.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    minifySyntax: true,
    metafile: true,
    logLevel: 'warning',
    // The bundle has no place of its own; what would be looked for beside it is an asset.
    define: { 'import.meta.url': '"file:///"' },
    // In the single executable node compiles once and keeps that, which does not go together with import().
    supported: { 'dynamic-import': false },
    plugins: [
      {
        name: 'packages',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^(node:module|blessed)$/ }, ({ path, importer }) =>
            importer === packages ? null : { path, namespace: 'packages' },
          );
          onLoad({ filter: /./, namespace: 'packages' }, ({ path }) => ({
            resolveDir: process.cwd(),
            contents:
              path === 'node:module'
                ? `export { createRequire } from ${JSON.stringify(packages)};`
                : `module.exports = require(${JSON.stringify(packages)}).requirePackage(${JSON.stringify(path)});`,
          }));
        },
      },
    ],
  });
  return metafile;
}

/** By package: the files to carry, as their paths below node_modules. */
function carriedPackages() {
  const inFolder = (path) =>
    readdirSync(join('node_modules', path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative('node_modules', join(entry.parentPath, entry.name)));
  const native = createRequire(import.meta.url).resolve(`@koromix/koffi-linux-${process.arch}`);
  const nativeFolder = relative(resolve('node_modules'), dirname(native));
  const libc = process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'linux';
  const koffi = ['package.json', 'index.cjs', 'src/koffi/index.cjs', 'src/koffi/src/static.cjs'].map(
    (file) => `koffi/${file}`,
  );
  const library = ['package.json', 'index.js', `${libc}_${process.arch}/koffi.node`].map((file) =>
    join(nativeFolder, file),
  );
  return {
    koffi: [...koffi, ...library],
    blessed: [
      'blessed/package.json',
      ...inFolder('blessed/lib'),
      ...inFolder('blessed/usr'),
      ...inFolder('blessed/vendor'),
    ].filter((file) => existsSync(join('node_modules', file))),
  };
}

function seaBlob(bundle, carried) {
  const manifest = join(work, 'manifest.json');
  writeFileSync(manifest, JSON.stringify(carried));
  const files = Object.values(carried).flat();
  const output = join(work, 'blob');
  const config = {
    main: bundle,
    output,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: {
      'manifest.json': manifest,
      'dashboard.js': resolve('dist/dashboard.js'),
      ...Object.fromEntries(files.map((file) => [file, resolve('node_modules', file)])),
    },
  };
  const configFile = join(work, 'sea.json');
  writeFileSync(configFile, JSON.stringify(config));
  execFileSync(process.execPath, ['--experimental-sea-config', configFile], { stdio: 'pipe' });
  return readFileSync(output);
}
