const HEAD = `// Generated from the OpenAPI document by \`npm run generate:api\`. Do not edit.
import type { Operation } from '../calls/operation.js';
import type { Body, Events, Listing, ReadAnswer, ReadOptions, StreamOptions, WriteAnswer, WriteOptions } from '../signatures.js';
import type * as T from './types.gen.js';
`;

/** The table by which requests are made, and the type of what is made of it. */
export function writeOperations(operations) {
  const areas = Map.groupBy?.(operations, areaOf) ?? grouped(operations);
  return [
    HEAD,
    'export const OPERATIONS = {',
    ...operations.map(({ id, entry }) => `  '${id}': ${literal(entry)},`),
    '} as const satisfies Record<string, Operation>;',
    '',
    '/** Every operation of the API, by its `operationId`. */',
    'export interface FlagtreeApi {',
    ...Array.from(areas, ([area, members]) => [`  readonly ${area}: {`, ...members.flatMap(memberOf), '  };']).flat(),
    '}',
    '',
  ].join('\n');
}

const areaOf = ({ id }) => id.split('.')[0];

function grouped(operations) {
  const areas = new Map();
  for (const operation of operations) areas.set(areaOf(operation), [...(areas.get(areaOf(operation)) ?? []), operation]);
  return areas;
}

function literal(entry) {
  return `{ ${Object.entries(entry)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : value}`)
    .join(', ')} }`;
}

function memberOf(operation) {
  const [, name] = operation.id.split('.');
  return [...docOf(operation), `    ${name}${signatureOf(operation)};`];
}

function docOf({ texts }) {
  const lines = texts.flatMap((text) => text.split('\n')).map((line) => line.replaceAll('*/', '*\\/').trimEnd());
  if (lines.length < 2) return lines.map((line) => `    /** ${line} */`);
  return ['    /**', ...lines.map((line) => `     * ${line}`.trimEnd()), '     */'];
}

function signatureOf({ type, names, hasRequiredQuery, isBodyRequired, isWrite, takesYaml, entry }) {
  const body = takesYaml ? `Body<T.${type}Data> | string` : `Body<T.${type}Data>`;
  const optional = hasRequiredQuery ? '' : '?';
  const parameters = (options) =>
    [
      ...names.map((name) => `${name}: string`),
      ...(entry.body ? [`body${isBodyRequired ? '' : '?'}: ${body}`] : []),
      `options${optional}: ${options}`,
    ].join(', ');
  if (entry.kind === 'list') return `(${parameters(`ReadOptions<T.${type}Data>`)}): Listing<T.${type}Response>`;
  if (entry.kind === 'stream') return `(${parameters(`StreamOptions<T.${type}Data>`)}): Events`;
  if (isWrite) {
    const answer = `Promise<WriteAnswer<T.${type}Response, Dry>>`;
    return `<Dry extends boolean = false>(${parameters(`WriteOptions<T.${type}Data, Dry>`)}): ${answer}`;
  }
  if (entry.method !== 'GET') return `(${parameters(`ReadOptions<T.${type}Data>`)}): Promise<ReadAnswer<T.${type}Response>>`;
  const read = `(${parameters(`ReadOptions<T.${type}Data, Known>`)}): Promise<ReadAnswer<T.${type}Response, Known>>`;
  return `<Known extends string | undefined = undefined>${read}`;
}
