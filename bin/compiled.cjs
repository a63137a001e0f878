// A bundle with the code that V8 has compiled at an earlier run (`scripts/compile-*.mjs`): a tenth of what starting hupctl takes, a third of
// what starting hupd takes. Another version of Node, other flags of V8, or another bundle do not fit; V8 sees that itself, and compiles as
// ever.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { constants, Script } = require('node:vm');

/** `name`: of a bundle in dist/. */
function compiled(name) {
  const bundle = join(__dirname, `../dist/${name}.cjs`);
  const codeFile = join(__dirname, `../dist/${name}.code`);
  return { codeFile, run: () => run(bundle, codeFile) };
}

/** Runs the bundle and returns what it was compiled to. */
function run(bundle, codeFile) {
  // The bundle is ASCII. The wrapper stands on a line of its own, that the line numbers stay right.
  const source = `(function (exports, require, module, __filename, __dirname) {\n${readFileSync(bundle, 'latin1')}\n})`;
  const options = {
    filename: bundle,
    lineOffset: -1,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  };
  const script = new Script(source, { ...options, cachedData: readCode(codeFile) });
  script.runInThisContext()({}, require, {}, bundle, dirname(bundle));
  return script;
}

function readCode(codeFile) {
  try {
    return readFileSync(codeFile);
  } catch {
    return undefined; // not compiled yet
  }
}

module.exports = { compiled };
