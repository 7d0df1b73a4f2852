/** What users have beside the packages. */
export const OTHERS = [
  '@nestjs/common@12',
  '@nestjs/core@12',
  '@nestjs/platform-fastify@12',
  '@openfeature/server-sdk@1',
  '@openfeature/web-sdk@1',
  '@types/node@20',
  '@types/react@19',
  'jest@30',
  'react@19',
  'react-dom@19',
  'reflect-metadata@0.2',
  'rxjs@7',
  'typescript@6',
  'vite@8',
  'vitest@4',
];

/** By package: a line that uses it, with what is imported of each of its doors. */
export const ESM: Record<string, Record<string, string>> = {
  '@flagtree/api': { '@flagtree/api': 'createApi, FlagtreeProblem' },
  '@flagtree/client': {
    '@flagtree/client': 'createClient, defineFlags, flag',
    '@flagtree/client/testing': 'createTestClient, withFlags',
    '@flagtree/client/otel': 'otelExposures',
    '@flagtree/client/edge': 'createEvaluator',
  },
  '@flagtree/nestjs': { '@flagtree/nestjs': 'Flag, Flags, FlagtreeModule, RequireFlag' },
  '@flagtree/openfeature': { '@flagtree/openfeature': 'FlagtreeProvider' },
  '@flagtree/web': {
    '@flagtree/web': 'createWebClient',
    '@flagtree/web/react': 'FlagtreeProvider as ReactFlags, useFlag',
    '@flagtree/web/openfeature': 'FlagtreeWebProvider',
  },
};

const doors = Object.values(ESM).flatMap((of) => Object.entries(of));
const imports = doors.map(([door, names]) => `import { ${names} } from '${door}';`).join('\n');
const requires = doors.map(([door, names]) => `const { ${names.replaceAll(' as ', ': ')} } = require('${door}');`).join('\n');
const names = doors.flatMap(([, list]) => list.split(', ').map((name) => name.split(' as ').at(-1) ?? ''));

/** The same in JavaScript and in TypeScript, whatever loads it. */
const USE = `
for (const [name, value] of Object.entries({ ${names.join(', ')} })) if (value === undefined) throw new Error(name + ' is not there');
const featureFlags = defineFlags({ lamp: flag.boolean(false), page: flag.string('a', { oneOf: ['a', 'b'] }) });
const flags = createTestClient({ flags: featureFlags, values: { lamp: true } });
const seen = [flags.get('lamp'), withFlags({ page: 'b' }, () => flags.get('page'))];
if (seen.join() !== 'true,b') throw new Error(seen.join());
const provider = FlagtreeProvider.over(flags);
const nest = FlagtreeModule.forTest({ lamp: true }, { flags: featureFlags });
const web = createWebClient({ bootstrap: { flags: [{ key: 'lamp', value: true }] } });
if (provider.metadata.name !== 'flagtree' || nest.module !== FlagtreeModule || web.boolean('lamp', false) !== true) throw new Error('odd');
`;

const TYPES = `
const text: 'a' | 'b' = flags.get('page');
// @ts-expect-error -- there is no such flag
flags.get('none');
createApi({ url: 'https://flags.internal', token: 'x' }).flags.get('lamp').then((found) => { const key: string = found.key; void key; });
export { text };
`;

const tsconfig = (module: string, moduleResolution: string) =>
  JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      lib: ['es2022', 'dom'],
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      types: ['node'],
    },
    files: module === 'esnext' ? ['types/use.mts'] : ['types/use.mts', 'types/use.cts'],
  });

const test = (body: string) => `test('the packages', () => {${body}});\n`;

export const FILES: Record<string, string> = {
  'package.json': '{ "name": "project", "private": true }',
  'esm.mjs': `${imports}\n${USE}\nconsole.log('fine');\n`,
  'cjs.cjs': `require('reflect-metadata');\n${requires}\n${USE}\nconsole.log('fine');\n`,
  'both.mjs': `import { createRequire } from 'node:module';\nimport * as imported from '@flagtree/client';
const required = createRequire(import.meta.url)('@flagtree/client');
if (required.createClient !== imported.createClient) throw new Error('two copies');\nconsole.log('fine');\n`,
  'types/use.mts': `${imports}\n${USE}\n${TYPES}`,
  'types/use.cts': `${imports}\n${USE}\n${TYPES}`,
  'tsconfig.node16.json': tsconfig('node16', 'node16'),
  'tsconfig.nodenext.json': tsconfig('nodenext', 'nodenext'),
  'tsconfig.bundler.json': tsconfig('esnext', 'bundler'),
  'jest.config.json': '{ "testMatch": ["<rootDir>/jest/*.test.js"] }',
  'jest/use.test.js': test(
    `${requires
      .split('\n')
      .filter((line) => !line.includes('nestjs'))
      .join('\n')}\n${USE.replace(/const nest .*\n/, '')
      .replace(/ \|\| nest\.module !== FlagtreeModule/, '')
      .replace(/Flag, Flags, FlagtreeModule, RequireFlag, /, '')}`,
  ),
  'vitest/use.test.mjs': `import { test } from 'vitest';\nimport 'reflect-metadata';\n${imports}\n${test(USE)}`,
  'vite/index.html': '<!doctype html><div id="root"></div><script type="module" src="/page.mjs"></script>',
  'vite/page.mjs': `import { createElement } from 'react';\nimport { createRoot } from 'react-dom/client';
import { createWebClient } from '@flagtree/web';\nimport { FlagtreeProvider, useFlag } from '@flagtree/web/react';
const Page = () => createElement('p', null, useFlag('title', 'nothing'));
const client = createWebClient({ token: 'ft_browser_1_x' });
createRoot(document.getElementById('root')).render(createElement(FlagtreeProvider, { client }, createElement(Page)));\n`,
};
