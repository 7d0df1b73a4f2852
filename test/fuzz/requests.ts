import fc from 'fast-check';
import { type OpenApiDocument, type Operation, operationsIn } from '../docs/prefilled.js';
import { type Body, bodies } from './body-texts.js';
import { oddEncoding, oddHeader, ODD_TEXTS, rarely } from './odd-values.js';
import { type Names, type Schema, SchemaValues } from './schema-values.js';

export interface FuzzedRequest {
  operationId: string;
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: Buffer | null;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND', 'TRACE'];

/** Requests to every operation of the document: valid ones, and ones with something odd in one place or several. */
export function requests(document: OpenApiDocument, names: Names, tokens: readonly string[]): fc.Arbitrary<FuzzedRequest> {
  const values = new SchemaValues(document.components.schemas, names);
  return fc.oneof(...operationsIn(document).map((operation) => requestsTo(operation, values, credentials(tokens))));
}

type Headers = Record<string, string | string[]>;

const credentials = (tokens: readonly string[]): fc.Arbitrary<Headers> =>
  fc.oneof(
    { weight: 24, arbitrary: fc.constantFrom(...tokens).map((token) => ({ authorization: `Bearer ${token}` })) },
    { weight: 4, arbitrary: fc.constantFrom(...tokens).map((token) => ({ 'x-api-key': token })) },
    { weight: 1, arbitrary: fc.constantFrom<Headers>({}, { authorization: 'Bearer' }, { authorization: 'Basic eDp5' }, { authorization: tokens.slice(0, 2).map((token) => `Bearer ${token}`) }) },
    { weight: 1, arbitrary: oddHeader.map((authorization) => ({ authorization })) },
  ); // prettier-ignore

const others: fc.Arbitrary<Headers> = fc.record(
  {
    accept: fc.constantFrom('*/*', 'text/html', 'application/xml', ''),
    origin: fc.constantFrom('https://evil.example', 'null', ''),
    'x-request-id': fc.oneof(fc.constant('mine'), oddHeader),
    'x-forwarded-for': oddHeader,
    'content-encoding': fc.constantFrom('gzip', 'identity', ''),
    'x-environment': oddHeader,
    'if-match': oddHeader,
    'if-none-match': oddHeader,
    'idempotency-key': fc.oneof(fc.constant('same'), oddHeader),
    'last-event-id': oddHeader,
  },
  { requiredKeys: [] },
);
/** One in four has a few of them. */
const someOthers = fc.oneof({ weight: 3, arbitrary: fc.constant<Headers>({}) }, { weight: 1, arbitrary: others });

function requestsTo(operation: Operation, values: SchemaValues, credential: fc.Arbitrary<Headers>): fc.Arbitrary<FuzzedRequest> {
  const parameters = operation.parameters.map((parameter) => parameterOf(parameter, values));
  const method = fc.oneof(
    { weight: 20, arbitrary: fc.constant(operation.method.toUpperCase()) },
    { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
  );
  return fc.tuple(method, fc.tuple(...parameters), credential, someOthers, bodyOf(operation, values)).map(
    ([verb, given, known, rest, body]) => {
      const inPlace = (place: string) => given.filter((one) => one !== null).filter((one) => one.in === place);
      const path = inPlace('path').reduce((text, { name, encoded }) => text.replace(`{${name}}`, () => encoded), operation.path);
      const query = inPlace('query').map(({ name, encoded }) => `${name}=${encoded}`).join('&');
      const own = Object.fromEntries(inPlace('header').map(({ name, header }) => [name.toLowerCase(), header]));
      const type = body?.type == null ? {} : { 'content-type': body.type };
      return {
        operationId: operation.operationId,
        method: verb,
        path: query === '' ? path : `${path}?${query}`,
        headers: { ...own, ...rest, ...known, ...type },
        body: body?.bytes ?? null,
      };
    },
  );
} // prettier-ignore

function parameterOf({ name, in: place, required = false, example, schema = {} }: Operation['parameters'][number], values: SchemaValues) {
  const usual = fc.oneof(values.of(schema as Schema, name), fc.constant(example ?? schema.example ?? 'fuzz'));
  const value = fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom<unknown>(...ODD_TEXTS) });
  const text = value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const parameter = fc.tuple(text, rarely(25, oddEncoding), rarely(3, oddHeader)).map(([plain, odd, asHeader]) => ({
    name,
    in: place,
    encoded: odd ?? encodeURIComponent(plain.slice(0, 3_000).toWellFormed()),
    header: asHeader ?? plain.slice(0, 300).replace(/[^\x20-\x7e]/g, ''),
  }));
  return place === 'path' || required ? parameter : rarely(4, parameter);
} // prettier-ignore

/** Where no body is meant there is one at times. */
function bodyOf({ requestBody, method }: Operation, values: SchemaValues): fc.Arbitrary<Body | null> {
  const media = requestBody?.content['application/json'];
  if (media === undefined) return method === 'get' ? fc.constant(null) : rarely(6, bodies(fc.constant({}), false));
  const examples = Object.values(media.examples ?? {}).map(({ value }) => value);
  const drawn = values.of((media.schema ?? {}));
  const valid = examples.length === 0 ? drawn : fc.oneof(fc.constantFrom(...examples), drawn);
  return fc.option(bodies(valid, 'application/yaml' in (requestBody?.content ?? {})), { freq: 20 });
} // prettier-ignore
