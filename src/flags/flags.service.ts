import { Injectable } from '@nestjs/common';
import type { Change } from '../audit/change/change.js';
import { type Flag, flagByKey } from '@flagtree/engine';
import { Conflict, Unprocessable } from '../platform/http/problems/problem.js';
import type { CreateFlagDto, UpdateFlagDto } from './flag.dto.js';
import { FlagEntity } from './flag.entity.js';
import { writeDefaults } from './default-enabled.js';
import { flagView, requireFlag, requireFlagInUse } from './flag-view.js';

@Injectable()
export class FlagsService {
  /** New flags are off unless the request says otherwise. `force`: also where an archived flag holds the key, which goes with its overrides. */
  async create(change: Change, dto: CreateFlagDto, force = false): Promise<void> {
    const archived = holderOf(change, dto.key, force);
    if (archived) await change.manager.delete(FlagEntity, { id: archived.id });
    const { reason: _reason, ...given } = dto;
    const type = dto.type ?? 'boolean';
    await change.manager.insert(FlagEntity, { ...given, type, name: dto.name ?? dto.key, ...variantsOf(dto) });
    await change.sync();
    if (dto.enabled === undefined) await writeDefaults(change, dto.key);
  }

  /** Edits the base; what is absent stays. */
  async update(change: Change, key: string, dto: UpdateFlagDto): Promise<void> {
    const flag = requireFlagInUse(change.state, key);
    change.assertUnchanged(flagView(change.state, flag));
    const { reason: _reason, keep: _keep, ...edit } = dto;
    if (Object.keys(edit).length > 0) await change.manager.update(FlagEntity, { id: flag.id }, edit);
    await change.sync();
  }

  /** The key stays taken: code that still asks for it must not wake something new. */
  async archive(change: Change, key: string): Promise<void> {
    const flag = requireFlagInUse(change.state, key);
    change.assertUnchanged(flagView(change.state, flag));
    await change.manager.update(FlagEntity, { id: flag.id }, { archivedAt: change.now.toISOString() });
    await change.sync();
  }

  /** Puts an archived flag back into use, with the overrides that it had; one in use stays as it is. */
  async restore(change: Change, key: string): Promise<void> {
    const flag = requireFlag(change.state, key);
    change.assertUnchanged(flagView(change.state, flag));
    await change.manager.update(FlagEntity, { id: flag.id }, { archivedAt: null });
    await change.sync();
  }
}

/** The archived flag that holds the key, if any. */
function holderOf(change: Change, key: string, force: boolean): Flag | undefined {
  const existing = flagByKey(change.state, key);
  if (existing === undefined) change.assertNoneSeen();
  else change.assertUnchanged(flagView(change.state, existing));
  if (existing === undefined || (existing.archivedAt !== null && force)) return existing;
  throw existing.archivedAt === null
    ? new Conflict('flag-exists', `There is a flag "${key}" already: take another key, or PATCH that one.`)
    : new Conflict(
        'flag-archived',
        `"${key}" was archived at ${existing.archivedAt}, and old code may still ask for it: restore that flag (POST /api/admin/feature-flags/${key}/restore), or take the key for a new one with ?force=true.`,
      );
}

function variantsOf({
  key,
  type = 'boolean',
  variants,
  defaultVariant,
  offVariant,
}: CreateFlagDto): Pick<CreateFlagDto, 'variants' | 'defaultVariant' | 'offVariant'> {
  if (variants !== undefined && variants.length > 0) {
    return {
      defaultVariant: defaultVariant === undefined ? (variants[0]?.key ?? null) : defaultVariant,
      offVariant: offVariant ?? null,
    };
  }
  if (type === 'boolean') {
    return {
      variants: [
        { key: 'on', value: true },
        { key: 'off', value: false },
      ],
      defaultVariant: defaultVariant === undefined ? 'on' : defaultVariant,
      offVariant: offVariant === undefined ? 'off' : offVariant,
    };
  }
  throw new Unprocessable('variants-missing', `"${key}" is of type ${type} and needs variants: the values that it can have.`, [
    { pointer: '/variants', code: 'variants-missing', detail: 'Give at least one { "key", "value" }.' },
  ]);
}
