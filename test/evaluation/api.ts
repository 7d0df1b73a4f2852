/** Speaks HTTP to a server under test, as one token. */
export class Api {
  constructor(
    readonly url: string,
    private readonly token: string | null,
  ) {}

  as(token: string | null): Api {
    return new Api(this.url, token);
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson(response) && text !== '' ? JSON.parse(text) : undefined,
    };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  /** A step that a test takes for granted. @throws when it is refused. */
  async must(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${String(answer.status)}: ${answer.text}`);
    return answer.body;
  }

  /** Makes a flag that is on, unless `flag` says otherwise. */
  flag(key: string, flag: object = {}): Promise<any> {
    return this.must('POST', '/api/admin/feature-flags', { key, enabled: true, ...flag });
  }

  override(environment: string, key: string, override: object): Promise<any> {
    return this.must('PUT', `/api/admin/environments/${environment}/feature-flags/${key}`, override);
  }

  environment(slug: string, parent: string | null, rest: object = {}): Promise<any> {
    return this.must('POST', '/api/admin/environments', { slug, name: slug, parent, ...rest });
  }

  /** A new token's text. */
  async tokenFor(environments: string[] | null, rest: object = {}): Promise<string> {
    const name = `token-${Math.random().toString(36).slice(2)}`;
    const { token } = await this.must('POST', '/api/admin/tokens', { name, kind: 'client', environments, ...rest });
    return token;
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: any;
}

const isJson = (response: Response) => /^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '');

/** Sends bytes as they are over a connection of their own, and reads the answer to its end. */
export async function sendRaw(url: string, request: Buffer | string): Promise<{ status: number; head: string; body: any }> {
  const { hostname, port } = new URL(url);
  const { connect } = await import('node:net');
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', resolve);
    socket.on('error', reject);
  });
  const [head = '', body = ''] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body: body.startsWith('{') ? JSON.parse(body) : body };
}
