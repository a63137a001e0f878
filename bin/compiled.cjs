// hupctl with the code that V8 has compiled at an earlier run (`scripts/compile-hupctl.mjs`): a tenth of what starting it takes. Another
// version of Node, or another bundle, does not fit; V8 sees that itself, and compiles as ever.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { constants, Script } = require('node:vm');

const bundle = join(__dirname, '../dist/hupctl.cjs');
const codeFile = join(__dirname, '../dist/hupctl.code');

/** Runs the bundle and returns what it was compiled to. */
function run() {
  // The bundle is ASCII. The wrapper stands on a line of its own, that the line numbers stay right.
  const source = `(function (exports, require, module, __filename, __dirname) {\n${readFileSync(bundle, 'latin1')}\n})`;
  const options = {
    filename: bundle,
    lineOffset: -1,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  };
  const script = new Script(source, { ...options, cachedData: readCode() });
  script.runInThisContext()({}, require, {}, bundle, dirname(bundle));
  return script;
}

function readCode() {
  try {
    return readFileSync(codeFile);
  } catch {
    return undefined; // not compiled yet
  }
}

module.exports = { codeFile, run };
