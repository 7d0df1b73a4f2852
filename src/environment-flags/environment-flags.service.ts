import { Injectable } from '@nestjs/common';
import type { Change } from '../audit/change/change.js';
import { type Environment, type EnvironmentFlag, type Flag, valuesOf } from '@flagtree/engine';
import { EnvironmentResolver } from '../resolver/resolver.service.js';
import { flagIn } from '../flags/flag-in-environment.js';
import { requireFlagInUse } from '../flags/flag-view.js';
import type { OverrideDto } from './environment-flag.dto.js';
import { EnvironmentFlagEntity } from './environment-flag.entity.js';
import { environmentFlagView, noOverride, overrideOf } from './environment-flag-view.js';

/** Which flag in which environment. */
export interface OverrideAddress {
  environment: string;
  key: string;
}

/** Whether a route shows the override or the flag as it is in the environment. */
export type Shown = 'override' | 'flag';

@Injectable()
export class EnvironmentFlagsService {
  constructor(private readonly resolver: EnvironmentResolver) {}

  /** Makes the override exactly this: what is absent inherits. */
  async put(change: Change, place: OverrideAddress, override: OverrideDto): Promise<void> {
    await this.write(change, place, valuesOf(override));
  }

  /** Edits the override, or makes one: what is absent stays, null inherits. `shown` is what the caller is answered with, and told when it is stale. */
  async update(change: Change, place: OverrideAddress, edit: OverrideDto, shown: Shown = 'override'): Promise<void> {
    await this.write(change, place, edit, shown);
  }

  /** Lets the environment inherit the whole flag again. */
  async delete(change: Change, place: OverrideAddress): Promise<void> {
    const { environment, flag } = this.at(change, place);
    const override = overrideOf(change.state, environment, flag);
    if (!override)
      throw noOverride(environment, flag, this.resolver.getEffectiveEnvironmentFlag(flag, environment.slug, change.state));
    this.assertUnchanged(change, environment, flag, override);
    await change.manager.delete(EnvironmentFlagEntity, { id: override.id });
    await change.sync();
  }

  private async write(change: Change, place: OverrideAddress, columns: OverrideDto, shown: Shown = 'override'): Promise<void> {
    const { environment, flag } = this.at(change, place);
    const override = overrideOf(change.state, environment, flag);
    this.assertUnchanged(change, environment, flag, override, shown);
    if (override === null) {
      await change.manager.insert(EnvironmentFlagEntity, { ...columns, environmentId: environment.id, flagId: flag.id });
    } else if (Object.keys(columns).length > 0) {
      await change.manager.update(EnvironmentFlagEntity, { id: override.id }, columns);
    }
    await change.sync();
  }

  private at({ state }: Change, { environment, key }: OverrideAddress): { environment: Environment; flag: Flag } {
    return { environment: this.resolver.getEnvironment(environment, state), flag: requireFlagInUse(state, key) };
  }

  /** The caller may have read the override itself, or the flag as it is in the environment. */
  private assertUnchanged(
    change: Change,
    environment: Environment,
    flag: Flag,
    override: EnvironmentFlag | null,
    shown: Shown = 'override',
  ): void {
    const inEnvironment = flagIn(change.state, flag, environment);
    const row = override && environmentFlagView(change.state, environment, flag, override);
    if (row === null && shown === 'override') change.assertNothingElseSeen(inEnvironment);
    else if (row === null) change.assertUnchanged(inEnvironment);
    else if (shown === 'override') change.assertUnchanged(row, inEnvironment);
    else change.assertUnchanged(inEnvironment, row);
  }
}
