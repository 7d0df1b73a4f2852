/** Whose token it is that was refused, for the log. */
export interface RefusedToken {
  readonly publicId: string;
  readonly name: string;
  readonly kind: string;
}

declare module 'node:http' {
  interface IncomingMessage {
    /** Why it was not let in (401, 403, 429), for the log. */
    refused?: { code: string; token: RefusedToken | undefined };
  }
}

/** RFC 9457 document of an error, with the status and headers to send. */
export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: {
    type: string;
    title: string;
    status: number;
    detail: string;
    code: string;
    instance: string;
    requestId: string;
  } & Record<string, unknown>;
}

/** What an error looks like on a route. */
export type ShapeProblem = (
  problem: Problem,
  request: { readonly params: unknown; readonly url: string },
) => { status: number; type: string; body: object };
