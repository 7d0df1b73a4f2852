/** The only way into the engine. Its types are written out, since users do not have it. */
import { detectEnvironment } from '@flagtree/engine';

/** Node's request, and the query as Fastify and Express parse it. */
export interface DetectableRequest {
  readonly raw: { readonly headers: { readonly [name: string]: unknown }; readonly rawHeaders: readonly string[] };
  readonly query: unknown;
}

export interface DetectionSettings {
  readonly default: string;
  readonly detection: boolean;
  readonly header: string;
  readonly queryParam: string | null;
  readonly isAllowed: (name: string) => boolean;
}

/** The name by which a request's environment is known; the server's own rules decide. */
export function environmentOf(request: DetectableRequest, settings: DetectionSettings): string {
  return detectEnvironment(request, null, settings).name;
}
