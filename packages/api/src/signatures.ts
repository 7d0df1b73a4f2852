import type { DryRun } from './generated/types.gen.js';
import type { StreamEvent } from './events.js';
import type { Pages } from './pages.js';

/** What every call takes. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** How long one attempt may take, instead of what `createApi` says. */
  timeoutMs?: number | undefined;
}

interface Operated {
  query?: unknown;
  body?: unknown;
}

/** Switches may be booleans, and what is a list in the query a list. */
type Parameter<Name, Value> =
  | (Name extends 'keep' ? true : never)
  | (string extends Value ? readonly string[] : 'true' extends Value ? boolean : never)
  | Value;

type QueryOf<Data extends Operated, Less extends string = never> = {
  [Name in keyof NonNullable<Data['query']> as Exclude<Name, Less>]:
    Parameter<Name, NonNullable<Data['query']>[Name]> | (undefined extends NonNullable<Data['query']>[Name] ? undefined : never);
};

/** `ifNoneMatch`: the ETag of what is known; the answer is undefined while that is still so. */
export type ReadOptions<Data extends Operated, Known = undefined> = QueryOf<Data> & CallOptions & { ifNoneMatch?: Known };

export type StreamOptions<Data extends Operated> = QueryOf<Data> &
  Pick<CallOptions, 'signal'> & { lastEventId?: string | undefined };

export type WriteOptions<Data extends Operated, Dry extends boolean> = QueryOf<Data, 'dryRun'> &
  CallOptions & {
    /** Everything is checked and nothing changed; the answer says what would change. */
    dryRun?: Dry;
    /** The ETag that was read: what has changed since is left alone, and the call fails with 412. */
    ifMatch?: string | undefined;
    /** `*`: make it only where nothing is. */
    ifNoneMatch?: string | undefined;
    /** Of a POST: one of your own, to ask for the same thing once more in another process. */
    idempotencyKey?: string | undefined;
  };

export type Body<Data extends Operated> = Exclude<Data['body'], undefined>;

/** `etag`: for `ifMatch` and `ifNoneMatch`. It is not part of the JSON, and not copied with the members. */
export type Answer<Result> = Result extends object ? Result & { readonly etag?: string } : Result;

export type ReadAnswer<Result, Known = undefined> = Answer<Result> | (Known extends string ? undefined : never);

export type WriteAnswer<Result, Dry extends boolean> = DryRun extends Result
  ? Dry extends true
    ? DryRun
    : Answer<Exclude<Result, DryRun>>
  : Answer<Result>;

export type Listing<Page> = Page extends { items: readonly (infer Item)[] } ? Pages<Item, Answer<Page>> : never;

export type Events = AsyncIterable<StreamEvent>;
