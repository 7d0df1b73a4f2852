// Writes docs/reference/cli.md and the schemas in docs/reference/cli/ from what the built command line says of itself. With --check: only says
// whether they are current, and ends with 1 where they are not.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../../../scripts/setup/paths.mjs';

const PAGE = join(root, 'docs/reference/cli.md');
const SCHEMAS = join(root, 'docs/reference/cli');

const flagtree = (...args) =>
  execFileSync(process.execPath, [join(root, 'packages/cli/dist/main.js'), ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });

const schemas = JSON.parse(flagtree('schema', '--all'));
const names = Object.keys(schemas);
const fileOf = (name) => `${name.replaceAll(' ', '-')}.schema.json`;
const files = new Map([
  [PAGE, page()],
  ...names.map((name) => [join(SCHEMAS, fileOf(name)), `${JSON.stringify(schemas[name], null, 2)}\n`]),
]);
const stale = [...files].filter(([path, text]) => contentOf(path) !== text).map(([path]) => path);
const left = listed(SCHEMAS).filter((path) => !files.has(path));
if (process.argv.includes('--check')) {
  if (stale.length + left.length > 0) {
    const paths = [...stale, ...left].map((path) => relative(root, path));
    console.error(`Not what the command line says of itself: ${paths.join(', ')}. Run npm run generate:cli.`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(SCHEMAS, { recursive: true });
  for (const path of stale) writeFileSync(path, files.get(path));
  for (const path of left) rmSync(path);
  console.log(`${String(stale.length)} written, ${String(left.length)} taken away.`);
}

function page() {
  return [
    '<!-- Written by `npm run generate:cli`. Do not edit. -->',
    '',
    '# The command line',
    '',
    '`flagtree` manages a server from a shell: `npm run -s flagtree -- …` in a clone of this repository, `npx flagtree …` where `@flagtree/cli` is installed. This page is what its `--help`',
    'says. Beside a local server nothing has to be set up; `flagtree help environment` says where it finds address and token.',
    '',
    ...block(flagtree('--help')),
    '## Exit codes',
    '',
    ...block(flagtree('help', 'exit-codes')),
    '## Address and token',
    '',
    ...block(flagtree('help', 'environment')),
    '## In scripts',
    '',
    ...block(flagtree('help', 'scripts')),
    ...names.flatMap((name) => [
      `## flagtree ${name}`,
      '',
      ...block(flagtree(...name.split(' '), '--help')),
      `With \`--json\` it prints [this](cli/${fileOf(name)}).`,
      '',
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function block(text) {
  return ['```text', text.trimEnd(), '```', ''];
}

function listed(directory) {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function contentOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
