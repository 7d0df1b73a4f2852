import type { Defect, Problem } from './generated/types.gen.js';

/** How `createApi` is set up is wrong; every defect at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly defects: readonly string[]) {
    super(defects.join(' '));
  }
}

/** The server says no: `code` is for programs and does not change, `message` for people. */
export class FlagtreeProblem extends Error {
  override readonly name = 'FlagtreeProblem';
  readonly status: number;
  readonly code: string;
  /** Each defect with its place; empty where the refusal is about the request as a whole. */
  readonly errors: readonly Defect[];
  /** What the server's log knows the request by. */
  readonly requestId: string | null;
  /** Of a 412: what stands now; null: nothing (any more). */
  readonly current: unknown;
  /** The whole document, with the members that its code has besides. */
  readonly document: Readonly<Partial<Problem> & Record<string, unknown>>;

  constructor(answer: {
    status: number;
    document: Partial<Problem> & Record<string, unknown>;
    requestId: string | null;
    besides?: string;
  }) {
    const { status, document, requestId, besides = '' } = answer;
    super(`${document.detail ?? `The server answered ${status}.`}${besides}`);
    this.status = status;
    this.code = document.code ?? `http-${status}`;
    this.errors = document.errors ?? [];
    this.requestId = document.requestId ?? requestId;
    this.current = document['current'];
    this.document = document;
  }
}

/** There is no answer of a Flagtree server. */
export class FlagtreeUnreachable extends Error {
  override readonly name = 'FlagtreeUnreachable';

  constructor(
    message: string,
    /** `unreachable`, `timed-out`, or `not-flagtree`: something else answers there. */
    readonly code: 'unreachable' | 'timed-out' | 'not-flagtree',
    /** The request may have come through: look before you write once more. False: nothing was done. */
    readonly mayBeDone: boolean,
    /** Of the answer that is not Flagtree's. */
    readonly status: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
