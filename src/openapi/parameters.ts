import type { OpenAPIObject } from '@nestjs/swagger';
import { type Operation, operationsOf, type Parameter, parametersOf } from './each.js';
import { inParameterOrder } from './member-order.js';

/** What a page fills into a path, by the name of the parameter: each of them is there after the examples of the bodies were sent. */
const PATHS: Record<string, Record<string, string>> = {
  key: { segments: 'beta-testers', '': 'new-checkout-flow' },
  slug: { 'environments.delete': 'pr-42', 'environments.restore': 'pr-42', '': 'staging' },
  env: { '': 'staging' },
  name: { checks: 'beta-users-see-it', pipelines: 'main' },
};

const IDS: Record<string, string> = {
  tokens: 'The public id of the token, as the list of tokens has it.',
  jobs: 'The id of the job, as the answer that began it has it.',
  promotions: 'The id of the promotion, as its answer and the list of promotions have it.',
};

const TEXTS: Record<string, string> = {
  key: 'The key.',
  slug: 'The environment.',
  env: 'The environment.',
  name: 'The name.',
  limit: 'How many items at most.',
  cursor: '`nextCursor` of the page before.',
  action: 'What was done.',
  from: 'The environment, by slug.',
  kind: 'Which kind it is.',
  owner: 'Who answers for the flag.',
  ticket: 'The ticket that the bulk answer named.',
  reason: 'Why, for the audit log.',
};

/**
 * A page that fills in examples must not fill in what nobody asked for: optional parameters tell theirs in words. What a path needs
 * has an example where one can be known beforehand.
 */
export function exampleParameters(document: OpenAPIObject): void {
  for (const operation of operationsOf(document)) {
    if (operation.parameters) operation.parameters = inParameterOrder(parametersOf(operation));
    for (const parameter of parametersOf(operation)) {
      if (parameter.in === 'path') examplePath(operation, parameter);
      else if (parameter.required !== true) tellExample(parameter);
      parameter.description ??= TEXTS[parameter.name] ?? '';
      if (parameter.in === 'query') offerBothValues(parameter);
    }
  }
}

function examplePath({ operationId = '' }: Operation, parameter: Parameter): void {
  const area = operationId.split('.')[0] ?? '';
  const examples = PATHS[parameter.name];
  const example = examples?.[operationId] ?? examples?.[area] ?? examples?.[''];
  if (example !== undefined) parameter.example = example;
  if (parameter.name === 'id') parameter.description ??= IDS[area] ?? '';
}

/** A page offers the values of an enumeration; of a boolean, it would let its reader write anything. */
function offerBothValues({ schema }: Parameter): void {
  if (schema && 'type' in schema && schema.type === 'boolean') schema.enum = [true, false];
}

function tellExample(parameter: Parameter): void {
  const schema = parameter.schema as { example?: unknown; description?: string } | undefined;
  const example = (parameter.example ?? schema?.example) as string | number | undefined;
  delete parameter.example;
  delete parameter.examples;
  delete schema?.example;
  if (example === undefined) return;
  const text = parameter.description ?? '';
  parameter.description = `${text}${text === '' ? '' : ' '}For example \`${String(example)}\`.`;
}
