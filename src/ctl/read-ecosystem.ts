/**
 * What an ecosystem file of pm2's says. JSON and YAML are read; a .js is a program, so it is run, in a process of its own with bounds on time and output:
 * that keeps an endless loop out, not ill will, so it is done only for a file that somebody named.
 */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { parse } from 'yaml';

const evaluationBoundMs = 10_000;
const outputBoundBytes = 4 << 20;

export type Evaluated = { readonly value: unknown } | { readonly error: string };

export function readJson(file: string, text: string): Evaluated {
  try {
    return { value: JSON.parse(text.replace(/^\ufeff/, '')) };
  } catch (error) {
    return { error: `${file}: it is not JSON: ${error instanceof Error ? error.message : error}` };
  }
}

/** With merge keys, as pm2 reads it. */
export function readYaml(file: string, text: string): Evaluated {
  try {
    return { value: parse(text, { merge: true }) };
  } catch (error) {
    const [why = ''] = String(error instanceof Error ? error.message : error).split(':\n');
    return { error: `${file}: it is not YAML: ${why}` };
  }
}

/** What it prints goes to stderr; what it exports comes back on a line of its own, after a word that nobody prints by chance. */
const mark = 'hupctl-import-exports:';
const evaluate = `
const { pathToFileURL } = require('node:url');
const file = process.argv[1];
console.log = console.info = console.debug = console.error;
import(pathToFileURL(file).href)
  .then((it) => (it.default === undefined ? it : it.default))
  .then((it) => (typeof it === 'function' ? it() : it))
  .then((it) => {
    process.stdout.write('\\n${mark}' + JSON.stringify(it ?? null) + '\\n', () => process.exit(0));
  })
  .catch((error) => { process.stderr.write(String(error?.stack ?? error) + '\\n', () => process.exit(1)); });
`;

/** `file`: absolute. It is run with the environment and the directory that pm2 would have run it with. */
export async function evaluateScript(file: string, boundMs = evaluationBoundMs): Promise<Evaluated> {
  const node = (await isSingleExecutable()) ? 'node' : process.execPath;
  return new Promise((resolve) => {
    const options = {
      cwd: dirname(file),
      timeout: boundMs,
      killSignal: 'SIGKILL' as const,
      maxBuffer: outputBoundBytes,
    };
    execFile(node, ['-e', evaluate, file], options, (error, stdout, stderr) => {
      const line = stdout.split('\n').findLast((candidate) => candidate.startsWith(mark));
      if (error === null && line !== undefined) return resolve({ value: JSON.parse(line.slice(mark.length)) });
      const why = error?.killed
        ? `it had not ended after ${boundMs / 1000} s`
        : (stderr
            .trim()
            .split('\n')
            .find((text) => /Error/.test(text)) ??
          error?.message ??
          'it exported nothing');
      resolve({ error: `${file}: could not be evaluated: ${why}` });
    });
  });
}

/** Then our own executable is no node that could run a script. */
async function isSingleExecutable(): Promise<boolean> {
  try {
    const { isSea } = await import('node:sea');
    return isSea();
  } catch {
    return false;
  }
}
