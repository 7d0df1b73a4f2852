import { Injectable } from '@nestjs/common';
import {
  chainOf,
  type Environment,
  type Flag,
  nearestOverride,
  type PlacedOverride,
  resolveFlag,
  type ResolvedFlag,
  type State,
} from '@flagtree/engine';
import { StateStore } from '../audit/follow/state-store.js';
import { requireEnvironment } from '../environments/environment-view.js';
import { NotFound } from '../platform/http/problems/problem.js';

/**
 * Environments, and what flags are in them, for the modules of the server and for whoever extends it. A name is a slug, an alias or an id.
 * Each method reads one state: the newest that this server has, or the one that is handed in, such as that of an open change or of a moment
 * of the past (see `StateHistory`). The walk along the tree is the engine's, the one that snapshots are made with.
 */
@Injectable()
export class EnvironmentResolver {
  constructor(private readonly store: StateStore) {}

  /** @throws {NotFound} */
  getEnvironment(name: string, state: State = this.store.state): Environment {
    return requireEnvironment(state, name);
  }

  /** By its id alone, in whatever case it is written. @throws {NotFound} */
  getEnvironmentById(id: string, state: State = this.store.state): Environment {
    const environment = state.environments.get(id) ?? state.environments.get(id.toLowerCase());
    if (environment) return environment;
    throw new NotFound('environment-not-found', `There is no environment with the id "${id}".`);
  }

  /**
   * The environment, its parent, …, its root. Settings come down it always, fields of flags unless inheritance is switched off.
   * @throws {NotFound} @throws {CircularEnvironmentInheritanceError} where a damaged database has a cycle.
   */
  getEnvironmentChain(name: string, state: State = this.store.state): Environment[] {
    return chainOf(state, this.getEnvironment(name, state));
  }

  /**
   * The nearest override of the flag on the chain, the environment's own included, with the environment whose row it is; null where there is
   * none. It says who decides something about the flag, not what holds: a row may leave fields to those above it, so take values, field by
   * field, from `resolveFlagForEnvironment`.
   * @throws {NotFound} @throws {CircularEnvironmentInheritanceError}
   */
  getEffectiveEnvironmentFlag(flag: Flag, name: string, state: State = this.store.state): PlacedOverride | null {
    return nearestOverride(state, this.getEnvironment(name, state), flag);
  }

  /**
   * What the flag is in the environment: each field on its own, the first that is set along the chain, else the flag's base value.
   * @throws {NotFound} @throws {CircularEnvironmentInheritanceError}
   */
  resolveFlagForEnvironment(flag: Flag, name: string, state: State = this.store.state): ResolvedFlag {
    return resolveFlag(state, this.getEnvironment(name, state), flag);
  }
}
