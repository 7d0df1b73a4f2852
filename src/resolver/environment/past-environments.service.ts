import { Injectable } from '@nestjs/common';
import type { Caller } from '../../access/identity/caller.js';
import { type Environment, environmentNamed, slicedCompile, type Snapshot, type State } from '@flagtree/engine';
import { type Past, StateHistory } from '../../history/state-history.js';
import { Forbidden } from '../../platform/http/problems/problem.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import { admittedEnvironment } from './admitted-environment.js';

export interface PastEnvironment extends Past {
  environment: Environment;
  snapshot: Snapshot;
}

/** Environments as they were: the evaluator is the same, only its snapshot is compiled when somebody asks. */
@Injectable()
export class PastEnvironments {
  private readonly snapshots = new WeakMap<State, Map<string, Promise<Snapshot>>>();

  constructor(private readonly history: StateHistory) {}

  /**
   * What `name` was at the moment that `at` names. For admin tokens only: the past is read from the database, and an application
   * has no business there. The caller must be allowed to see the environment as the tree was then, and as it is now.
   * @throws {Forbidden | NotFound | Conflict | Invalid}
   */
  async at(at: string | number, name: string, caller: Caller, namedBy: string): Promise<PastEnvironment> {
    if (caller.kind !== 'admin') {
      throw new Forbidden(
        'wrong-token-kind',
        `"${caller.token.name}" is a client token, which evaluates the present only: use an admin token for the past.`,
      );
    }
    const past = await this.history.past(at);
    const present = await this.history.at(undefined);
    const then = environmentNamed(past.state, name);
    for (const now of [environmentNamed(present, name), then && present.environments.get(then.id)])
      if (now) assertInScope(present, now, name, caller);
    const environment = admittedEnvironment(past.state, name, caller, `${namedBy}, at revision ${String(past.state.revision)}`);
    return { ...past, environment, snapshot: await this.snapshotOf(past.state, environment) };
  }

  /** A cycle above the environment was found before: compiling does not fail. */
  private snapshotOf(state: State, environment: Environment): Promise<Snapshot> {
    const compiled = this.snapshots.get(state) ?? new Map<string, Promise<Snapshot>>();
    this.snapshots.set(state, compiled);
    let snapshot = compiled.get(environment.slug);
    if (!snapshot) {
      snapshot = runInSlices(slicedCompile(state, environment));
      compiled.set(environment.slug, snapshot);
    }
    return snapshot;
  }
}

function assertInScope(state: State, environment: Environment, name: string, caller: Caller): void {
  if (caller.maySee(state, environment)) return;
  throw new Forbidden('environment-forbidden', `The token "${caller.token.name}" may not see the environment "${name}".`);
}
