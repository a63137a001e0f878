// `keep-code.cjs NAME [ARGUMENT...]`: runs bin/NAME, and keeps what V8 has compiled of its bundle until it ended in dist/NAME.code.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const compiledFile = join(__dirname, '../bin/compiled.cjs');
const { compiled } = require(compiledFile);
require.cache[compiledFile].exports = {
  compiled(name) {
    const { codeFile, run } = compiled(name);
    return {
      run() {
        const script = run();
        process.on('exit', () => writeFileSync(codeFile, script.createCachedData()));
      },
    };
  },
};
process.argv.splice(1, 2, join(__dirname, '../bin', process.argv[2]));
require(process.argv[1]);
