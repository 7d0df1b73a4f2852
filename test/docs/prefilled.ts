interface Described {
  description?: string;
  example?: unknown;
}

interface Parameter extends Described {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  examples?: object;
  schema?: Described;
}

interface Media {
  schema?: object;
  example?: { status?: number; code?: string };
  examples?: Record<string, { value: object }>;
}

export interface Operation {
  method: string;
  path: string;
  operationId: string;
  summary?: string;
  description?: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { content: Record<string, Media | undefined> };
  responses: Record<string, { content?: Record<string, Media | undefined> }>;
}

export interface OpenApiDocument {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  components: { schemas: Record<string, { properties?: Record<string, Described>; required?: string[] }> };
  tags: { name: string; description?: string }[];
}

export function operationsIn({ paths }: OpenApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      method,
      path,
    })),
  );
}

/**
 * What "Try it out → Execute" sends: parameters with an example have it, all others are left out, and the body is the first example.
 * `copied` stands where a path needs what no document can know.
 */
export function prefilled({ method, path, parameters, requestBody }: Operation, copied = '') {
  const filled = parameters.flatMap((parameter) => {
    const example = (parameter.example ?? parameter.schema?.example) as string | number | undefined;
    return example === undefined ? [] : [{ ...parameter, example: String(example) }];
  });
  const target = path.replace(/\{(\w+)\}/g, (_, wanted: string) => {
    return encodeURIComponent(filled.find(({ name }) => name === wanted)?.example ?? copied);
  });
  const query = new URLSearchParams();
  for (const { in: place, name, example } of filled) if (place === 'query') query.set(name, example);
  const first = Object.values(requestBody?.content['application/json']?.examples ?? {})[0];
  return {
    method,
    path: query.size === 0 ? target : `${target}?${query.toString()}`,
    body: first === undefined ? undefined : JSON.stringify(first.value),
  };
}
