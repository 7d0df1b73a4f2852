// Generated from the OpenAPI document by `npm run generate:api`. Do not edit.
import type { Operation } from '../calls/operation.js';
import type { Body, Events, Listing, ReadAnswer, ReadOptions, StreamOptions, WriteAnswer, WriteOptions } from '../signatures.js';
import type * as T from './types.gen.js';

export const OPERATIONS = {
  'health.live': { method: 'GET', path: '/health/live', repeatable: true },
  'health.ready': { method: 'GET', path: '/health/ready', repeatable: true },
  'metrics.read': { method: 'GET', path: '/metrics', text: true, repeatable: true },
  'audit.list': { method: 'GET', path: '/api/flags/audit', kind: 'list', repeatable: true },
  'audit.verify': { method: 'GET', path: '/api/flags/audit/verify', repeatable: true, slow: true },
  'jobs.list': { method: 'GET', path: '/api/admin/jobs', kind: 'list', repeatable: true },
  'jobs.get': { method: 'GET', path: '/api/admin/jobs/{id}', repeatable: true },
  'jobs.cancel': { method: 'POST', path: '/api/admin/jobs/{id}/cancel' },
  'environments.list': { method: 'GET', path: '/api/admin/environments', kind: 'list', repeatable: true },
  'environments.create': { method: 'POST', path: '/api/admin/environments', body: true, keyed: true, repeatable: true },
  'environments.get': { method: 'GET', path: '/api/admin/environments/{slug}', repeatable: true },
  'environments.update': { method: 'PATCH', path: '/api/admin/environments/{slug}', body: true },
  'environments.delete': { method: 'DELETE', path: '/api/admin/environments/{slug}' },
  'environments.restore': { method: 'POST', path: '/api/admin/environments/{slug}/restore', body: true, keyed: true, repeatable: true },
  'environments.chain': { method: 'GET', path: '/api/admin/environments/{slug}/chain', repeatable: true },
  'environments.children': { method: 'GET', path: '/api/admin/environments/{slug}/children', kind: 'list', repeatable: true },
  'flags.list': { method: 'GET', path: '/api/admin/feature-flags', kind: 'list', repeatable: true },
  'flags.create': { method: 'POST', path: '/api/admin/feature-flags', body: true, keyed: true, repeatable: true },
  'flags.get': { method: 'GET', path: '/api/admin/feature-flags/{key}', repeatable: true },
  'flags.update': { method: 'PATCH', path: '/api/admin/feature-flags/{key}', body: true },
  'flags.archive': { method: 'DELETE', path: '/api/admin/feature-flags/{key}' },
  'flags.restore': { method: 'POST', path: '/api/admin/feature-flags/{key}/restore', keyed: true, repeatable: true },
  'flags.environments': { method: 'GET', path: '/api/admin/feature-flags/{key}/environments', kind: 'list', repeatable: true },
  'segments.list': { method: 'GET', path: '/api/admin/segments', kind: 'list', repeatable: true },
  'segments.create': { method: 'POST', path: '/api/admin/segments', body: true, keyed: true, repeatable: true },
  'segments.get': { method: 'GET', path: '/api/admin/segments/{key}', repeatable: true },
  'segments.update': { method: 'PATCH', path: '/api/admin/segments/{key}', body: true },
  'segments.delete': { method: 'DELETE', path: '/api/admin/segments/{key}' },
  'tokens.list': { method: 'GET', path: '/api/admin/tokens', kind: 'list', repeatable: true },
  'tokens.create': { method: 'POST', path: '/api/admin/tokens', body: true, keyed: true, repeatable: true },
  'tokens.get': { method: 'GET', path: '/api/admin/tokens/{id}', repeatable: true },
  'tokens.revoke': { method: 'DELETE', path: '/api/admin/tokens/{id}' },
  'tokens.rotate': { method: 'POST', path: '/api/admin/tokens/{id}/rotate', keyed: true, repeatable: true },
  'environmentFlags.list': { method: 'GET', path: '/api/admin/environments/{slug}/feature-flags', kind: 'list', repeatable: true },
  'environmentFlags.get': { method: 'GET', path: '/api/admin/environments/{slug}/feature-flags/{key}', repeatable: true },
  'environmentFlags.put': { method: 'PUT', path: '/api/admin/environments/{slug}/feature-flags/{key}', body: true },
  'environmentFlags.update': { method: 'PATCH', path: '/api/admin/environments/{slug}/feature-flags/{key}', body: true },
  'environmentFlags.delete': { method: 'DELETE', path: '/api/admin/environments/{slug}/feature-flags/{key}' },
  'evaluation.evaluate': { method: 'POST', path: '/api/feature-flags/evaluate', body: true, repeatable: true },
  'evaluation.environment': { method: 'GET', path: '/api/feature-flags/environment', repeatable: true },
  'evaluation.snapshot': { method: 'GET', path: '/api/feature-flags/snapshot', repeatable: true },
  'ofrep.evaluateFlag': { method: 'POST', path: '/ofrep/v1/evaluate/flags/{key}', body: true, repeatable: true },
  'ofrep.evaluateFlagsBulk': { method: 'POST', path: '/ofrep/v1/evaluate/flags', body: true, repeatable: true },
  'flags.explain': { method: 'POST', path: '/api/admin/feature-flags/{key}/explain', body: true, repeatable: true },
  'checks.list': { method: 'GET', path: '/api/admin/feature-flags/{key}/checks', kind: 'list', repeatable: true },
  'checks.put': { method: 'PUT', path: '/api/admin/feature-flags/{key}/checks/{name}', body: true },
  'checks.delete': { method: 'DELETE', path: '/api/admin/feature-flags/{key}/checks/{name}' },
  'checks.run': { method: 'POST', path: '/api/admin/feature-flags/{key}/checks/run', repeatable: true },
  'pipelines.list': { method: 'GET', path: '/api/admin/pipelines', kind: 'list', repeatable: true },
  'pipelines.get': { method: 'GET', path: '/api/admin/pipelines/{name}', repeatable: true },
  'pipelines.put': { method: 'PUT', path: '/api/admin/pipelines/{name}', body: true },
  'pipelines.delete': { method: 'DELETE', path: '/api/admin/pipelines/{name}' },
  'flagd.flags': { method: 'GET', path: '/flagd/v1/{env}/flags.json', repeatable: true },
  'about.whoami': { method: 'GET', path: '/api/admin/whoami', repeatable: true },
  'about.server': { method: 'GET', path: '/api/admin/server', repeatable: true },
  'evaluation.stream': { method: 'GET', path: '/api/feature-flags/stream', kind: 'stream', repeatable: true },
  'ofrep.stream': { method: 'GET', path: '/ofrep/v1/stream', kind: 'stream', repeatable: true },
  'admin.stream': { method: 'GET', path: '/api/admin/stream', kind: 'stream', repeatable: true },
  'flags.promote': { method: 'POST', path: '/api/admin/feature-flags/{key}/promote', body: true, keyed: true, repeatable: true },
  'promotions.list': { method: 'GET', path: '/api/admin/promotions', kind: 'list', repeatable: true },
  'promotions.create': { method: 'POST', path: '/api/admin/promotions', body: true, keyed: true, repeatable: true, slow: true },
  'promotions.get': { method: 'GET', path: '/api/admin/promotions/{id}', repeatable: true },
  'promotions.revert': { method: 'POST', path: '/api/admin/promotions/{id}/revert', body: true, keyed: true, repeatable: true },
  'compare.get': { method: 'GET', path: '/api/admin/compare', repeatable: true },
  'matrix.get': { method: 'GET', path: '/api/admin/matrix', kind: 'list', repeatable: true },
  'bulk.run': { method: 'POST', path: '/api/admin/bulk', body: true, keyed: true, repeatable: true, slow: true },
  'history.restore': { method: 'POST', path: '/api/admin/restore', body: true, keyed: true, repeatable: true, slow: true },
  'export.get': { method: 'GET', path: '/api/admin/export', repeatable: true, slow: true },
  'export.schema': { method: 'GET', path: '/api/admin/export/schema', repeatable: true },
  'import.run': { method: 'POST', path: '/api/admin/import', body: true, keyed: true, repeatable: true, slow: true },
} as const satisfies Record<string, Operation>;

/** Every operation of the API, by its `operationId`. */
export interface FlagtreeApi {
  readonly health: {
    /**
     * Whether the process answers; restart it when it does not
     * Needs no token.
     */
    live<Known extends string | undefined = undefined>(options?: ReadOptions<T.HealthLiveData, Known>): Promise<ReadAnswer<T.HealthLiveResponse, Known>>;
    /**
     * Whether the server can answer requests, and how each of its parts is
     * Needs no token.
     */
    ready<Known extends string | undefined = undefined>(options?: ReadOptions<T.HealthReadyData, Known>): Promise<ReadAnswer<T.HealthReadyResponse, Known>>;
  };
  readonly metrics: {
    /**
     * What this server counts and measures; for admin tokens of any role
     * Needs an admin token with the role **viewer** or a higher one.
     */
    read<Known extends string | undefined = undefined>(options?: ReadOptions<T.MetricsReadData, Known>): Promise<ReadAnswer<T.MetricsReadResponse, Known>>;
  };
  readonly audit: {
    /**
     * Lists audit entries, newest first
     * Entries about tokens are told to who may see tokens: an admin of every environment.
     *
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(options?: ReadOptions<T.AuditListData>): Listing<T.AuditListResponse>;
    /**
     * Works out the hash chain of the whole log anew, by itself and not by the database; holds it against the anchors that this server has signed,
     * the tables against the log, and the guards of the database against the migrations
     * Needs an admin token with the role **viewer** or a higher one.
     */
    verify<Known extends string | undefined = undefined>(options?: ReadOptions<T.AuditVerifyData, Known>): Promise<ReadAnswer<T.AuditVerifyResponse, Known>>;
  };
  readonly jobs: {
    /**
     * Lists the jobs that this token asked for, newest first; for an admin all
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(options?: ReadOptions<T.JobsListData>): Listing<T.JobsListResponse>;
    /**
     * Reads a job: how far it is, and what came of it
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(id: string, options?: ReadOptions<T.JobsGetData, Known>): Promise<ReadAnswer<T.JobsGetResponse, Known>>;
    /**
     * Asks a job to stop
     * It stops at its next step and has then changed nothing.
     *
     * Needs an admin token with the role **developer** or a higher one.
     */
    cancel(id: string, options?: ReadOptions<T.JobsCancelData>): Promise<ReadAnswer<T.JobsCancelResponse>>;
  };
  readonly environments: {
    /**
     * Lists environments by slug
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(options?: ReadOptions<T.EnvironmentsListData>): Listing<T.EnvironmentsListResponse>;
    /**
     * Creates an environment: one row, nothing is copied
     * Needs an admin token with the role **developer** or a higher one.
     */
    create<Dry extends boolean = false>(body: Body<T.EnvironmentsCreateData>, options?: WriteOptions<T.EnvironmentsCreateData, Dry>): Promise<WriteAnswer<T.EnvironmentsCreateResponse, Dry>>;
    /**
     * Reads one environment
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(slug: string, options?: ReadOptions<T.EnvironmentsGetData, Known>): Promise<ReadAnswer<T.EnvironmentsGetResponse, Known>>;
    /**
     * Edits an environment; what is absent stays
     * Needs an admin token with the role **developer** or a higher one.
     */
    update<Dry extends boolean = false>(slug: string, body: Body<T.EnvironmentsUpdateData>, options?: WriteOptions<T.EnvironmentsUpdateData, Dry>): Promise<WriteAnswer<T.EnvironmentsUpdateResponse, Dry>>;
    /**
     * Archives an environment: deletes one that has neither children nor overrides, or with force any. The audit log keeps it for restore
     * Needs an admin token with the role **developer** or a higher one.
     */
    delete<Dry extends boolean = false>(slug: string, options?: WriteOptions<T.EnvironmentsDeleteData, Dry>): Promise<WriteAnswer<T.EnvironmentsDeleteResponse, Dry>>;
    /**
     * Brings a deleted environment back, with the overrides that were deleted with it
     * Needs an admin token with the role **developer** or a higher one.
     */
    restore<Dry extends boolean = false>(slug: string, body?: Body<T.EnvironmentsRestoreData>, options?: WriteOptions<T.EnvironmentsRestoreData, Dry>): Promise<WriteAnswer<T.EnvironmentsRestoreResponse, Dry>>;
    /**
     * Lists the environment, its parent, …, its root: the order in which a field is looked up
     * Needs an admin token with the role **viewer** or a higher one.
     */
    chain<Known extends string | undefined = undefined>(slug: string, options?: ReadOptions<T.EnvironmentsChainData, Known>): Promise<ReadAnswer<T.EnvironmentsChainResponse, Known>>;
    /**
     * Lists the environments that inherit directly from this one
     * Needs an admin token with the role **viewer** or a higher one.
     */
    children(slug: string, options?: ReadOptions<T.EnvironmentsChildrenData>): Listing<T.EnvironmentsChildrenResponse>;
  };
  readonly flags: {
    /**
     * Lists flags by key; with env as they are there, with envs as a matrix
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(options?: ReadOptions<T.FlagsListData>): Listing<T.FlagsListResponse>;
    /**
     * Creates a flag
     * It is off unless the request says otherwise.
     *
     * Needs an admin token with the role **developer** or a higher one.
     */
    create<Dry extends boolean = false>(body: Body<T.FlagsCreateData>, options?: WriteOptions<T.FlagsCreateData, Dry>): Promise<WriteAnswer<T.FlagsCreateResponse, Dry>>;
    /**
     * Reads a flag; with env as it is there, and where each field comes from
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(key: string, options?: ReadOptions<T.FlagsGetData, Known>): Promise<ReadAnswer<T.FlagsGetResponse, Known>>;
    /**
     * Edits a flag's base; with environment that environment's override, where null inherits, and the answer is the flag as it is there
     * What is absent stays.
     *
     * Needs an admin token with the role **developer** or a higher one.
     */
    update<Dry extends boolean = false>(key: string, body: Body<T.FlagsUpdateData>, options?: WriteOptions<T.FlagsUpdateData, Dry>): Promise<WriteAnswer<T.FlagsUpdateResponse, Dry>>;
    /**
     * Archives a flag: it is no longer evaluated, and its key stays taken. It keeps its overrides, for restore
     * Needs an admin token with the role **developer** or a higher one.
     */
    archive<Dry extends boolean = false>(key: string, options?: WriteOptions<T.FlagsArchiveData, Dry>): Promise<WriteAnswer<T.FlagsArchiveResponse, Dry>>;
    /**
     * Puts an archived flag back into use, with the overrides that it had
     * Needs an admin token with the role **developer** or a higher one.
     */
    restore<Dry extends boolean = false>(key: string, options?: WriteOptions<T.FlagsRestoreData, Dry>): Promise<WriteAnswer<T.FlagsRestoreResponse, Dry>>;
    /**
     * Reads a flag in every environment: what each one overrides, what holds there, and where that comes from
     * Needs an admin token with the role **viewer** or a higher one.
     */
    environments(key: string, options?: ReadOptions<T.FlagsEnvironmentsData>): Listing<T.FlagsEnvironmentsResponse>;
    /**
     * Explains what a context gets from a flag in an environment: every step that leads to the value
     * Needs an admin token with the role **viewer** or a higher one.
     */
    explain(key: string, body: Body<T.FlagsExplainData>, options?: ReadOptions<T.FlagsExplainData>): Promise<ReadAnswer<T.FlagsExplainResponse>>;
    /**
     * Promotes a flag from one environment to another, or to several: planned first, and all or nothing
     * Needs an admin token with the role **developer** or a higher one.
     */
    promote<Dry extends boolean = false>(key: string, body: Body<T.FlagsPromoteData>, options?: WriteOptions<T.FlagsPromoteData, Dry>): Promise<WriteAnswer<T.FlagsPromoteResponse, Dry>>;
  };
  readonly segments: {
    /**
     * Lists segments by key
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(options?: ReadOptions<T.SegmentsListData>): Listing<T.SegmentsListResponse>;
    /**
     * Creates a segment: a named set of conditions for any rule to refer to
     * Needs an admin token with the role **developer** or a higher one.
     */
    create<Dry extends boolean = false>(body: Body<T.SegmentsCreateData>, options?: WriteOptions<T.SegmentsCreateData, Dry>): Promise<WriteAnswer<T.SegmentsCreateResponse, Dry>>;
    /**
     * Reads one segment
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(key: string, options?: ReadOptions<T.SegmentsGetData, Known>): Promise<ReadAnswer<T.SegmentsGetResponse, Known>>;
    /**
     * Edits a segment, and with it every rule that refers to it
     * Needs an admin token with the role **developer** or a higher one.
     */
    update<Dry extends boolean = false>(key: string, body: Body<T.SegmentsUpdateData>, options?: WriteOptions<T.SegmentsUpdateData, Dry>): Promise<WriteAnswer<T.SegmentsUpdateResponse, Dry>>;
    /**
     * Deletes a segment that no rule refers to
     * Needs an admin token with the role **developer** or a higher one.
     */
    delete<Dry extends boolean = false>(key: string, options?: WriteOptions<T.SegmentsDeleteData, Dry>): Promise<WriteAnswer<T.SegmentsDeleteResponse, Dry>>;
  };
  readonly tokens: {
    /**
     * Lists tokens, revoked ones included, without their secrets
     * Needs an admin token with the role **admin** or a higher one.
     */
    list(options?: ReadOptions<T.TokensListData>): Listing<T.TokensListResponse>;
    /**
     * Creates a token and shows it, this once
     * Needs an admin token with the role **admin** or a higher one.
     */
    create<Dry extends boolean = false>(body: Body<T.TokensCreateData>, options?: WriteOptions<T.TokensCreateData, Dry>): Promise<WriteAnswer<T.TokensCreateResponse, Dry>>;
    /**
     * Reads one token by its public id
     * Needs an admin token with the role **admin** or a higher one.
     */
    get<Known extends string | undefined = undefined>(id: string, options?: ReadOptions<T.TokensGetData, Known>): Promise<ReadAnswer<T.TokensGetResponse, Known>>;
    /**
     * Revokes the token: it is refused from now on
     * Needs an admin token with the role **admin** or a higher one.
     */
    revoke<Dry extends boolean = false>(id: string, options?: WriteOptions<T.TokensRevokeData, Dry>): Promise<WriteAnswer<T.TokensRevokeResponse, Dry>>;
    /**
     * Gives the token a new secret; the old one stops working at once
     * Needs an admin token with the role **admin** or a higher one.
     */
    rotate<Dry extends boolean = false>(id: string, options?: WriteOptions<T.TokensRotateData, Dry>): Promise<WriteAnswer<T.TokensRotateResponse, Dry>>;
  };
  readonly environmentFlags: {
    /**
     * Lists what this environment itself overrides, by flag key
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(slug: string, options?: ReadOptions<T.EnvironmentFlagsListData>): Listing<T.EnvironmentFlagsListResponse>;
    /**
     * Reads one override; 404 where the environment inherits the whole flag
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(slug: string, key: string, options?: ReadOptions<T.EnvironmentFlagsGetData, Known>): Promise<ReadAnswer<T.EnvironmentFlagsGetResponse, Known>>;
    /**
     * Makes the override exactly this: what is absent inherits
     * Needs an admin token with the role **developer** or a higher one.
     */
    put<Dry extends boolean = false>(slug: string, key: string, body: Body<T.EnvironmentFlagsPutData>, options?: WriteOptions<T.EnvironmentFlagsPutData, Dry>): Promise<WriteAnswer<T.EnvironmentFlagsPutResponse, Dry>>;
    /**
     * Edits the override, or makes one: null inherits, what is absent stays
     * Needs an admin token with the role **developer** or a higher one.
     */
    update<Dry extends boolean = false>(slug: string, key: string, body: Body<T.EnvironmentFlagsUpdateData>, options?: WriteOptions<T.EnvironmentFlagsUpdateData, Dry>): Promise<WriteAnswer<T.EnvironmentFlagsUpdateResponse, Dry>>;
    /**
     * Removes the override: the environment inherits the whole flag again
     * Needs an admin token with the role **developer** or a higher one.
     */
    delete<Dry extends boolean = false>(slug: string, key: string, options?: WriteOptions<T.EnvironmentFlagsDeleteData, Dry>): Promise<WriteAnswer<T.EnvironmentFlagsDeleteResponse, Dry>>;
  };
  readonly evaluation: {
    /**
     * Evaluates flags, all of them at one revision; with at as they were then, and with that instant as the time of day
     * Needs a token that may see the environment of the request: a client token, or an admin token.
     */
    evaluate(body: Body<T.EvaluationEvaluateData>, options?: ReadOptions<T.EvaluationEvaluateData>): Promise<ReadAnswer<T.EvaluationEvaluateResponse>>;
    /**
     * The environment that this request resolves to, and by what
     * Needs a token that may see the environment of the request: a client token, or an admin token.
     */
    environment<Known extends string | undefined = undefined>(options?: ReadOptions<T.EvaluationEnvironmentData, Known>): Promise<ReadAnswer<T.EvaluationEnvironmentResponse, Known>>;
    /**
     * All that an evaluator outside of this server needs: resolved flags, and the segments they name. Compressed for who takes gzip
     * Needs a token that may see the environment of the request: a client token, or an admin token.
     */
    snapshot<Known extends string | undefined = undefined>(options?: ReadOptions<T.EvaluationSnapshotData, Known>): Promise<ReadAnswer<T.EvaluationSnapshotResponse, Known>>;
    /**
     * Tells of every change of the flags of one environment, as server-sent events
     * The events, each with an `id` that names a point of the history (to send back, not to take apart):
     *
     * - `snapshot`, at first: all flags of the environment, as `GET /api/feature-flags/snapshot` answers them.
     * - `current`, at first instead, to a reader that asks with `content=true` or has that snapshot already: a StreamCurrentDto. It has no `id`.
     * - `change`: a StreamedChangeDto, with the keys of the flags that changed *in this environment*, wherever it was that somebody changed them.
     * - `reset`: a StreamResetDto. Forget what you know; the event `snapshot` follows.
     *
     * A reader that comes back with `Last-Event-ID` gets the changes that it missed, or `reset` and `snapshot` when they are not known any more. With `content=true` the etag in `If-None-Match` says the same better: it holds across servers and their restarts; `reset` then means that the snapshot is to be fetched. Comments keep a silent connection open. The stream ends when the token is revoked or expires, when the reader does not keep up, and when the server stops.
     *
     * Needs a token that may see the environment of the request: a client token, or an admin token.
     */
    stream(options?: StreamOptions<T.EvaluationStreamData>): Events;
  };
  readonly ofrep: {
    /**
     * Evaluates one flag for a context
     * An answer without `value` means that the caller takes its own default: the flag is off and has no off variant.
     *
     * Needs a token that may see the environment of the request: a browser, client or admin token.
     */
    evaluateFlag(key: string, body: Body<T.OfrepEvaluateFlagData>, options?: ReadOptions<T.OfrepEvaluateFlagData>): Promise<ReadAnswer<T.OfrepEvaluateFlagResponse>>;
    /**
     * Evaluates all flags for a context
     * Needs a token that may see the environment of the request: a browser, client or admin token.
     */
    evaluateFlagsBulk(body: Body<T.OfrepEvaluateFlagsBulkData>, options?: ReadOptions<T.OfrepEvaluateFlagsBulkData>): Promise<ReadAnswer<T.OfrepEvaluateFlagsBulkResponse>>;
    /**
     * The event stream that a bulk answer names: tells when to evaluate again
     * Messages of type `refetchEvaluation` (OFREP 0.3, event streams): one at first, so that nothing is missed since the bulk answer, and one for each change. The URL comes from `eventStreams` of a bulk answer; it holds a ticket for this one purpose, never a token.
     *
     * Needs no token.
     */
    stream(options: StreamOptions<T.OfrepStreamData>): Events;
  };
  readonly checks: {
    /**
     * Lists the checks of a flag, by name
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(key: string, options?: ReadOptions<T.ChecksListData>): Listing<T.ChecksListResponse>;
    /**
     * Saves a check: a context and the variant that the flag must serve it. A promotion after which it does not hold is refused
     * Needs an admin token with the role **developer** or a higher one.
     */
    put<Dry extends boolean = false>(key: string, name: string, body: Body<T.ChecksPutData>, options?: WriteOptions<T.ChecksPutData, Dry>): Promise<WriteAnswer<T.ChecksPutResponse, Dry>>;
    /**
     * Deletes a check
     * Needs an admin token with the role **developer** or a higher one.
     */
    delete<Dry extends boolean = false>(key: string, name: string, options?: WriteOptions<T.ChecksDeleteData, Dry>): Promise<WriteAnswer<T.ChecksDeleteResponse, Dry>>;
    /**
     * Evaluates the checks of a flag as things are: in one environment, or in every active one that the token may see
     * Needs an admin token with the role **viewer** or a higher one.
     */
    run(key: string, options?: ReadOptions<T.ChecksRunData>): Promise<ReadAnswer<T.ChecksRunResponse>>;
  };
  readonly pipelines: {
    /**
     * Lists pipelines by name
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(options?: ReadOptions<T.PipelinesListData>): Listing<T.PipelinesListResponse>;
    /**
     * Reads one pipeline
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(name: string, options?: ReadOptions<T.PipelinesGetData, Known>): Promise<ReadAnswer<T.PipelinesGetResponse, Known>>;
    /**
     * Makes the pipeline exactly this: environments in order, and what must hold before a flag enters each
     * Needs an admin token with the role **promoter** or a higher one.
     */
    put<Dry extends boolean = false>(name: string, body: Body<T.PipelinesPutData>, options?: WriteOptions<T.PipelinesPutData, Dry>): Promise<WriteAnswer<T.PipelinesPutResponse, Dry>>;
    /**
     * Deletes a pipeline, and with it the gates that it set up
     * Needs an admin token with the role **promoter** or a higher one.
     */
    delete<Dry extends boolean = false>(name: string, options?: WriteOptions<T.PipelinesDeleteData, Dry>): Promise<WriteAnswer<T.PipelinesDeleteResponse, Dry>>;
  };
  readonly flagd: {
    /**
     * An environment as flagd definitions, from memory: a source for flagd to poll
     * Needs a token that may see the environment of the request: a client token, or an admin token.
     */
    flags<Known extends string | undefined = undefined>(env: string, options?: ReadOptions<T.FlagdFlagsData, Known>): Promise<ReadAnswer<T.FlagdFlagsResponse, Known>>;
  };
  readonly about: {
    /**
     * Says whose token this is, and what it may do
     * Needs a token that may see the environment of the request: a client token, or an admin token.
     */
    whoami<Known extends string | undefined = undefined>(options?: ReadOptions<T.AboutWhoamiData, Known>): Promise<ReadAnswer<T.AboutWhoamiResponse, Known>>;
    /**
     * Says which server this is: its version, its revision, how it reads requests, and its limits
     * Needs an admin token with the role **viewer** or a higher one.
     */
    server<Known extends string | undefined = undefined>(options?: ReadOptions<T.AboutServerData, Known>): Promise<ReadAnswer<T.AboutServerResponse, Known>>;
  };
  readonly admin: {
    /**
     * Tells of every change, wherever somebody makes it, as server-sent events
     * The events:
     *
     * - `hello`, at first: the revision in force. A reader that knows an older one reads anew what it shows.
     * - `change`: a ManagedChangeDto for each revision. It names what changed; what it is now is for the reader to ask.
     * - `reset`: the history is another one than before. Forget what you know.
     *
     * Comments keep a silent connection open. The stream ends with its token or session, when the reader does not keep up, and when the server stops.
     *
     * Needs an admin token with the role **viewer** or a higher one.
     */
    stream(options?: StreamOptions<T.AdminStreamData>): Events;
  };
  readonly promotions: {
    /**
     * Lists what was promoted and taken back, newest first
     * Needs an admin token with the role **viewer** or a higher one.
     */
    list(options?: ReadOptions<T.PromotionsListData>): Listing<T.PromotionsListResponse>;
    /**
     * Promotes many flags, by key, pattern or tag: one transaction and one revision, or nothing
     * Needs an admin token with the role **developer** or a higher one.
     */
    create<Dry extends boolean = false>(body: Body<T.PromotionsCreateData>, options?: WriteOptions<T.PromotionsCreateData, Dry>): Promise<WriteAnswer<T.PromotionsCreateResponse, Dry>>;
    /**
     * Reads one promotion
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(id: string, options?: ReadOptions<T.PromotionsGetData, Known>): Promise<ReadAnswer<T.PromotionsGetResponse, Known>>;
    /**
     * Takes back exactly what a promotion did, as a new revision
     * Needs an admin token with the role **developer** or a higher one.
     */
    revert<Dry extends boolean = false>(id: string, body: Body<T.PromotionsRevertData>, options?: WriteOptions<T.PromotionsRevertData, Dry>): Promise<WriteAnswer<T.PromotionsRevertResponse, Dry>>;
  };
  readonly compare: {
    /**
     * Compares two environments, or one at two moments, field by field; as text for Accept: text/plain. The order is stable: fit for a
     * gate in CI
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(options: ReadOptions<T.CompareGetData, Known>): Promise<ReadAnswer<T.CompareGetResponse, Known>>;
  };
  readonly matrix: {
    /**
     * Shows flags × environments: what is on where, and who says so. Cells that look the same are told once, in faces, so that a page of
     * 1,000 flags in 100 environments stays small
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get(options?: ReadOptions<T.MatrixGetData>): Listing<T.MatrixGetResponse>;
  };
  readonly bulk: {
    /**
     * Enables, disables, sets, clears or copies the overrides of many flags in many environments, as one revision
     * Needs an admin token with the role **developer** or a higher one.
     */
    run<Dry extends boolean = false>(body: Body<T.BulkRunData>, options?: WriteOptions<T.BulkRunData, Dry>): Promise<WriteAnswer<T.BulkRunResponse, Dry>>;
  };
  readonly history: {
    /**
     * Makes a flag, the overrides of an environment, or those of a subtree what they were at a revision or instant, as one new revision
     * Needs an admin token with the role **developer** or a higher one.
     */
    restore<Dry extends boolean = false>(body: Body<T.HistoryRestoreData>, options?: WriteOptions<T.HistoryRestoreData, Dry>): Promise<WriteAnswer<T.HistoryRestoreResponse, Dry>>;
  };
  readonly export: {
    /**
     * Exports states, or with format=flagd one environment as flagd evaluates it
     * States: a document without ids, revisions and times of writing, so that the same content gives the same bytes anywhere.
     *
     * Needs an admin token with the role **viewer** or a higher one.
     */
    get<Known extends string | undefined = undefined>(options?: ReadOptions<T.ExportGetData, Known>): Promise<ReadAnswer<T.ExportGetResponse, Known>>;
    /**
     * The JSON Schema of exported documents, for editors and pipelines
     * Needs an admin token with the role **viewer** or a higher one.
     */
    schema<Known extends string | undefined = undefined>(options?: ReadOptions<T.ExportSchemaData, Known>): Promise<ReadAnswer<T.ExportSchemaResponse, Known>>;
  };
  readonly import: {
    /**
     * Imports states as one revision, or nothing; what is so already is left alone
     * Needs an admin token with the role **developer** or a higher one.
     */
    run<Dry extends boolean = false>(body: Body<T.ImportRunData> | string, options?: WriteOptions<T.ImportRunData, Dry>): Promise<WriteAnswer<T.ImportRunResponse, Dry>>;
  };
}
