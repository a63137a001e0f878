// The licence texts of the packages whose code a bundle carries: whoever hands the bundle on hands these on.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packageOf = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The folders of the packages that are in these bundles (esbuild's metafiles). */
export function bundledPackages(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  return [...new Set(inputs.flatMap((input) => packageOf.exec(input)?.[1] ?? []))].sort();
}

/** One text for all. Throws for a package that comes without one: then somebody has to look. */
export function licenceTexts(folders) {
  const parts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence text`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** node's own, which its packages put beside it or among the documents. */
export function nodeLicence(node = process.execPath) {
  const npms = `../node_modules/node-linux-${process.arch}/LICENSE`; // the npm package `node`
  const documents = ['nodejs/LICENSE', 'node/LICENSE', 'nodejs/copyright'].map((path) => `../share/doc/${path}`);
  const places = ['../LICENSE', ...documents, '../../LICENSE', npms];
  const file = places.map((place) => join(node, '..', place)).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`the licence of ${node} was not found`);
  return `Node.js ${process.version}\n\n${readFileSync(file, 'utf8').trim()}\n`;
}
