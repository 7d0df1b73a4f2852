import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { StateStore } from '../../audit/follow/state-store.js';
import type { Environment, Snapshot, State } from '@flagtree/engine';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { LeanReply, LeanRequest } from '../../platform/http/request.js';
import { Unauthorized } from '../../platform/http/problems/problem.js';
import { admittedEnvironment } from './admitted-environment.js';
import { type DetectedEnvironment, detectEnvironment, type EnvironmentSource } from './environment-detection.js';
import { PastEnvironments } from './past-environments.service.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';

/** The environment that a request is evaluated in, all of one revision. */
export interface ResolvedEnvironment {
  state: State;
  environment: Environment;
  snapshot: Snapshot;
  detected: DetectedEnvironment;
  /** The `now` of evaluations; null: the present. */
  instant: Date | null;
}

type Asking = Pick<LeanRequest, 'caller' | 'raw' | 'query'>;
type Naming = Pick<LeanReply, 'header'>;

/** Finds the environment of a request. The interceptor and the lean OFREP routes share it. */
@Injectable()
export class RequestEnvironments {
  private readonly settings: Config['environment'];
  private readonly namedBy: Record<EnvironmentSource, string>;

  constructor(
    private readonly store: StateStore,
    private readonly snapshots: SnapshotsService,
    private readonly past: PastEnvironments,
    @Inject(CONFIG) config: Config,
  ) {
    this.settings = config.environment;
    this.namedBy = namesOf(config.environment);
  }

  /** Names the environment in `X-Resolved-Environment`, also when it is then refused. @throws {DomainError} */
  resolve(request: Asking, reply: Naming): ResolvedEnvironment {
    const { caller, detected } = this.detect(request, reply);
    const { state } = this.store;
    const environment = admittedEnvironment(state, detected.slug, caller, this.namedBy[detected.by]);
    return { state, environment, snapshot: this.snapshots.get(detected.slug), detected, instant: null };
  }

  /** As it was at a moment of the past (see `validateMoment`). @throws {DomainError} */
  async resolveAt(at: string, request: Asking, reply: Naming): Promise<ResolvedEnvironment> {
    const { caller, detected } = this.detect(request, reply);
    return { ...(await this.past.at(at, detected.slug, caller, this.namedBy[detected.by])), detected };
  }

  private detect(request: Asking, reply: Naming): { caller: Caller; detected: DetectedEnvironment } {
    const { caller } = request;
    if (!caller)
      throw new Unauthorized('token-missing', 'Send a token: "Authorization: Bearer <token>" or "X-API-Key: <token>".');
    const detected = detectEnvironment(request, caller.onlyEnvironment, this.settings);
    void reply.header('x-resolved-environment', detected.slug);
    return { caller, detected };
  }
}

const namesOf = ({ header, queryParam }: Config['environment']): Record<EnvironmentSource, string> => ({
  header: `named by the header ${header}`,
  query: `named by the query parameter ${queryParam ?? ''}`,
  token: 'the only one of the token',
  default: 'the default of this server',
});
