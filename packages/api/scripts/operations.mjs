// What our own part of the generated code says of each operation of the document.

/** POSTs that change nothing. Any other one that takes no Idempotency-Key is sent again only where it was refused. */
const READS = new Set(['evaluation.evaluate', 'flags.explain', 'checks.run', 'ofrep.evaluateFlag', 'ofrep.evaluateFlagsBulk']);

/** What may take longer than other requests. */
const SLOW = new Set(['import.run', 'export.get', 'bulk.run', 'history.restore', 'audit.verify', 'promotions.create']);

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

export function operationsOf({ paths }) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => operationOf(path, method, methods[method])),
  );
}

function operationOf(path, method, { operationId, summary, description, parameters = [], requestBody, responses }) {
  const has = (place, name) => parameters.some((parameter) => parameter.in === place && parameter.name === name);
  const isKeyed = has('header', 'Idempotency-Key');
  const answers = Object.keys(responses['200']?.content ?? {});
  return {
    id: operationId,
    type: operationId.replaceAll(/(?:^|\.)(\w)/g, (_, first) => first.toUpperCase()),
    texts: [summary, description].filter(Boolean),
    names: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
    hasRequiredQuery: parameters.some((parameter) => parameter.in === 'query' && parameter.required),
    isBodyRequired: requestBody?.required === true,
    isWrite: has('query', 'dryRun') || has('header', 'If-Match'),
    takesYaml: 'application/yaml' in (requestBody?.content ?? {}),
    entry: {
      method: method.toUpperCase(),
      path,
      ...(requestBody && { body: true }),
      ...(has('query', 'cursor') && { kind: 'list' }),
      ...(answers.includes('text/event-stream') && { kind: 'stream' }),
      ...(answers.length > 0 && answers.every((type) => type === 'text/plain') && { text: true }),
      ...(isKeyed && { keyed: true }),
      ...((method === 'get' || isKeyed || READS.has(operationId)) && { repeatable: true }),
      ...(SLOW.has(operationId) && { slow: true }),
    },
  };
}
