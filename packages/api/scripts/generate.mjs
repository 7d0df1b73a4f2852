// Writes src/generated from the server's OpenAPI document. With --check: only says whether it is current, and ends with 1 where it is not.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';
import { buildIfChanged } from '../../../scripts/setup/build/build-if-changed.mjs';
import { root } from '../../../scripts/setup/paths.mjs';
import { readDocument } from './document.mjs';
import { operationsOf } from './operations.mjs';
import { writeComponents } from './write-components.mjs';
import { writeOperations } from './write-operations.mjs';

const GENERATED = fileURLToPath(new URL('../src/generated', import.meta.url));
const OF_THE_COMMAND_LINE = fileURLToPath(new URL('../../cli/src/generated', import.meta.url));

buildIfChanged();
const document = await readDocument();
const files = {
  [join(GENERATED, 'types.gen.ts')]: await typesOf(document),
  [join(GENERATED, 'operations.gen.ts')]: writeOperations(operationsOf(document)),
  [join(OF_THE_COMMAND_LINE, 'components.gen.ts')]: writeComponents(document),
};
const stale = Object.keys(files).filter((path) => files[path] !== contentOf(path));
if (stale.length > 0 && process.argv.includes('--check')) {
  console.error(`${stale.map(inRepository).join(' and ')} is not what the API's document says: run npm run generate:api`);
  process.exit(1);
}
for (const path of stale) writeFileSync(path, files[path]);
console.log(stale.length > 0 ? `Written: ${stale.map(inRepository).join(', ')}` : 'What is generated is current.');
process.exit(0); // what Nest holds goes with the process

async function typesOf(input) {
  const output = mkdtempSync(join(tmpdir(), 'flagtree-api-'));
  try {
    await createClient({ input, output, plugins: ['@hey-api/typescript'], logs: { level: 'silent' } });
    return readFileSync(join(output, 'types.gen.ts'), 'utf8');
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

function inRepository(path) {
  return relative(root, path);
}

function contentOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
