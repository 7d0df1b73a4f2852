import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export interface Answer {
  status: number;
  headers: Headers;
  // The tests read answers as a user's script would: by name, without types.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** Null: no token at all. */
  token?: string | null;
}

interface OpenApi {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema?: object }> }> } | undefined>
  >;
  components: object;
}

/** A client of one server that holds every answer against the server's own OpenAPI document. */
export class Api {
  private readonly ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
  private readonly validators = new Map<object, ValidateFunction>();

  private constructor(
    readonly url: string,
    private readonly token: string,
    private readonly document: OpenApi,
  ) {
    this.ajv.addSchema({ $id: 'openapi', components: document.components });
  }

  static async of(url: string, token: string): Promise<Api> {
    const response = await fetch(`${url}/api/openapi.json`);
    return new Api(url, token, (await response.json()) as OpenApi);
  }

  /** The same server, called with another token. */
  as(token: string): Api {
    return new Api(this.url, token, this.document);
  }

  get = (path: string, options?: CallOptions) => this.call('GET', path, options);
  delete = (path: string, options?: CallOptions) => this.call('DELETE', path, options);
  post = (path: string, body?: unknown, options?: CallOptions) => this.call('POST', path, { ...options, body });
  put = (path: string, body?: unknown, options?: CallOptions) => this.call('PUT', path, { ...options, body });
  patch = (path: string, body?: unknown, options?: CallOptions) => this.call('PATCH', path, { ...options, body });

  /** A string body is sent as it is. */
  async call(method: string, path: string, { body, headers = {}, token = this.token }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type')?.split(';')[0] ?? null;
    const parsed: unknown = text !== '' && type?.endsWith('json') ? JSON.parse(text) : text === '' ? undefined : text;
    this.assertDocumented(method, path, response.status, type, parsed);
    return { status: response.status, headers: response.headers, body: parsed };
  }

  private assertDocumented(method: string, path: string, status: number, type: string | null, body: unknown): void {
    const where = `${method} ${path} → ${String(status)}`;
    const pathname = path.split('?')[0] ?? '';
    const template = Object.keys(this.document.paths)
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .find((candidate) =>
        new RegExp(`^${candidate.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`).test(pathname),
      );
    if (template === undefined) {
      if (status === 404) return;
      throw new Error(`${where}: the path is not in the OpenAPI document`);
    }
    const response = this.document.paths[template]?.[method.toLowerCase()]?.responses[String(status)];
    if (!response) {
      if (status === 404 && this.document.paths[template]?.[method.toLowerCase()] === undefined) return;
      throw new Error(`${where}: this status is not documented; the answer was ${JSON.stringify(body)}`);
    }
    if (status === 304 || body === undefined) return;
    const schema = response.content?.[type ?? '']?.schema;
    if (!schema) throw new Error(`${where}: no schema for ${type ?? 'an answer without a type'}`);
    const validate = this.validatorOf(schema);
    if (!validate(body)) {
      throw new Error(`${where}: not as documented: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(body, null, 2)}`);
    }
  }

  private validatorOf(schema: object): ValidateFunction {
    const known = this.validators.get(schema);
    if (known) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
    const validate = this.ajv.compile(JSON.parse(text) as object);
    this.validators.set(schema, validate);
    return validate;
  }
}
