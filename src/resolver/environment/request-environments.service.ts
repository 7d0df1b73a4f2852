import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../access/identity/caller.js';
import { callerOf } from '../../access/identity/request-caller.js';
import { StateStore } from '../../audit/follow/state-store.js';
import {
  type DetectedEnvironment,
  detectEnvironment,
  type DetectionSettings,
  type Environment,
  type EnvironmentSource,
  type Snapshot,
  type State,
} from '@flagtree/engine';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { LeanReply, LeanRequest } from '../../platform/http/request.js';
import { assertActive, visibleEnvironment } from './admitted-environment.js';
import { AllowedEnvironments } from './allowed-environments.js';
import { type Readiness, ReadinessRegistry } from '../../platform/health/readiness-registry.js';
import { PastEnvironments } from './past-environments.service.js';
import { settingsReadiness } from './settings-readiness.js';
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
  private readonly settings: DetectionSettings;
  private readonly namedBy: Record<EnvironmentSource, string>;
  private readonly logger = new Logger(RequestEnvironments.name);
  private readiness: Readiness = { status: 'up' };
  private judged: State['environments'] | null = null;

  constructor(
    private readonly store: StateStore,
    private readonly snapshots: SnapshotsService,
    private readonly past: PastEnvironments,
    readiness: ReadinessRegistry,
    @Inject(CONFIG) { environment }: Config,
  ) {
    const allowed = new AllowedEnvironments(environment.allowed);
    this.settings = { ...environment, isAllowed: (name) => allowed.has(this.store.state, name) };
    this.namedBy = namesOf(environment);
    readiness.register('environments', () => this.readiness);
    store.onChange((state) => {
      this.judgeSettings(state, environment);
    });
  }

  /** Names the environment in `X-Resolved-Environment`, also when it is then refused. @throws {DomainError} */
  resolve(request: Asking, reply: Naming): ResolvedEnvironment {
    const { caller, detected } = this.detect(request, reply);
    const { state } = this.store;
    const namedBy = this.namedBy[detected.by];
    const environment = visibleEnvironment(state, detected.name, caller, namedBy);
    const { slug } = environment;
    if (slug !== detected.name) void reply.header('x-resolved-environment', slug);
    assertActive(environment, detected.name, namedBy);
    return { state, environment, snapshot: this.snapshots.get(slug), detected, instant: null };
  }

  /** As it was at a moment of the past (see `validateMoment`). @throws {DomainError} */
  async resolveAt(at: string, request: Asking, reply: Naming): Promise<ResolvedEnvironment> {
    const { caller, detected } = this.detect(request, reply);
    const past = await this.past.at(at, detected.name, caller, this.namedBy[detected.by]);
    void reply.header('x-resolved-environment', past.environment.slug);
    return { ...past, detected };
  }

  private detect(request: Asking, reply: Naming): { caller: Caller; detected: DetectedEnvironment } {
    const caller = callerOf(request);
    const detected = detectEnvironment(request, caller.onlyEnvironment(this.store.state), this.settings);
    void reply.header('x-resolved-environment', detected.name);
    return { caller, detected };
  }

  /** The log tells it once, readiness as long as it is so. Of an empty state nothing can be said yet. */
  private judgeSettings(state: State, settings: Config['environment']): void {
    if (state.revision === 0 || state.environments === this.judged) return;
    this.judged = state.environments;
    const { detail } = this.readiness;
    this.readiness = settingsReadiness(state, settings);
    if (this.readiness.detail !== undefined && this.readiness.detail !== detail) this.logger.warn(this.readiness.detail);
  }
}

const namesOf = ({ header, queryParam }: Config['environment']): Record<EnvironmentSource, string> => ({
  header: `named by the header ${header}`,
  query: `named by the query parameter ${queryParam ?? ''}`,
  token: 'the only one of the token',
  default: 'the default of this server',
});
