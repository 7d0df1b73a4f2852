import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Change } from '../audit/change/change.js';
import {
  type CheckOutcome,
  type Environment,
  environmentsInTreeOrder,
  type Interruptible,
  slicedOutcomes,
  type Flag,
  type State,
} from '@flagtree/engine';
import { requireFlagInUse } from '../flags/flag-view.js';
import { Invalid, NotFound } from '../platform/http/problems/problem.js';
import { EnvironmentResolver } from '../resolver/resolver.service.js';
import type { PutCheckDto } from './check.dto.js';
import { CheckEntity } from './check.entity.js';
import { checksOf, type SavedCheck } from './checks.queries.js';

@Injectable()
export class ChecksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resolver: EnvironmentResolver,
  ) {}

  /** The checks of these flags, by flag and name. */
  of(flags: readonly Flag[], manager: EntityManager = this.dataSource.manager): Promise<SavedCheck[]> {
    return checksOf(
      manager,
      flags.map(({ id }) => id),
    );
  }

  /** Makes the check exactly this; says whether it was there before. */
  async put(change: Change, key: string, name: string, dto: PutCheckDto): Promise<boolean> {
    const flag = requireFlagInUse(change.state, key);
    const environment = dto.environment == null ? null : this.resolver.getEnvironment(dto.environment, change.state);
    this.assertVariant(change.state, flag, environment, dto.variant);
    const known = await this.find(change, flag, name);
    if (known) change.assertUnchanged(known);
    else change.assertNoneSeen();
    const columns = { environmentId: environment?.id ?? null, context: dto.context, variant: dto.variant };
    if (known) await change.manager.update(CheckEntity, { id: known.id }, columns);
    else await change.manager.insert(CheckEntity, { ...columns, flagId: flag.id, name });
    await change.sync();
    return known !== null;
  }

  async delete(change: Change, key: string, name: string): Promise<void> {
    const flag = requireFlagInUse(change.state, key);
    const known = await this.find(change, flag, name);
    if (!known)
      throw new NotFound('check-not-found', `"${key}" has no check "${name}": see GET /api/admin/feature-flags/${key}/checks.`);
    change.assertUnchanged(known);
    await change.manager.delete(CheckEntity, { id: known.id });
    await change.sync();
  }

  /** The environments in which checks must hold. */
  placesOf(state: State): Environment[] {
    return environmentsInTreeOrder(state).filter(({ isActive }) => isActive);
  }

  /** What each check gets just now in these environments, as far as it must hold there. */
  *run(state: State, checks: readonly SavedCheck[], places: readonly Environment[], now: Date): Interruptible<CheckOutcome[]> {
    const outcomes: CheckOutcome[] = [];
    for (const place of places) {
      const here = checks.filter(({ environment }) => environment === null || environment === place.slug);
      outcomes.push(...(yield* slicedOutcomes(state, state, place, here, now)));
    }
    return outcomes;
  }

  private async find(change: Change, flag: Flag, name: string): Promise<SavedCheck | null> {
    return (await this.of([flag], change.manager)).find((saved) => saved.name === name) ?? null;
  }

  /** A check that no variant could meet would only ever block. */
  private assertVariant(state: State, flag: Flag, environment: Environment | null, variant: string | null): void {
    if (variant === null) return;
    const places = environment ? [environment] : [...state.environments.values()];
    const known = new Set(flag.variants.map(({ key }) => key));
    for (const place of places)
      for (const { key } of this.resolver.resolveFlagForEnvironment(flag, place.slug, state).fields.variants.value)
        known.add(key);
    if (known.has(variant)) return;
    const detail = `"${flag.key}" has no variant "${variant}": it has ${[...known].join(', ')}.`;
    throw new Invalid('invalid-request', detail, [{ pointer: '/variant', code: 'unknown-variant', detail }]);
  }
}
