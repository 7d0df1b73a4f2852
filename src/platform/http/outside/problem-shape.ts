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
