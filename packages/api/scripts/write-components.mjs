/** The schemas of the API's document, for commands that print what the API answers: `components.gen.ts` of the command line. */
export function writeComponents({ components }) {
  const schemas = JSON.stringify(components.schemas).replaceAll('"#/components/schemas/', '"#/$defs/');
  return [
    '// Generated from the OpenAPI document by `npm run generate:api`. Do not edit.',
    "import type { JsonSchema } from '../command.js';",
    '',
    `export const COMPONENTS = JSON.parse(${JSON.stringify(schemas)}) as Readonly<Record<string, JsonSchema>>;`,
    '',
  ].join('\n');
}
