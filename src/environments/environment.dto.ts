import {
  type EnvironmentSettings,
  type JsonObject,
  type JsonValue,
  SLUG,
  validateAliases,
  validateInstant,
  validateSettings,
  validateSettingsEdit,
  validateUrl,
} from '@flagtree/engine';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsBoolean, IsString, Matches } from 'class-validator';
import { PageAtQuery } from '../history/at.dto.js';
import { EnvironmentName } from '../platform/http/management/parameters/environment-name.js';
import { ANY_JSON } from '../platform/http/json/any-json.js';
import { MayBeAbsent, MayBeNull, Satisfies } from '../platform/http/management/parameters/validation.js';
import { OptionalText, Reason, DisplayName, Description } from '../platform/http/management/parameters/texts.js';
import { StoredAtRevisionDto, PageDto } from '../platform/http/management/stored.dto.js';

const SLUG_MESSAGE =
  '$property must be 1–63 of a–z, 0–9, "-", "_", start with a letter or digit, and not have the form of a UUID';

const SETTINGS = {
  type: 'object',
  properties: {
    protected: { type: 'boolean', description: 'Writing what this environment gives needs a promoter.' },
    require_approval: { type: 'boolean', description: 'Kept and inherited; guards nothing until there are change requests.' },
    default_enabled: {
      type: 'boolean',
      description:
        'Flags that are created without "enabled" get an override of this value here. Of the environment that sets it alone.',
    },
  },
  additionalProperties: {},
} as const;

const SETTINGS_EDIT = {
  ...SETTINGS,
  properties: Object.fromEntries(
    Object.entries(SETTINGS.properties).map(([key, schema]) => [key, { ...schema, nullable: true }]),
  ),
};

export class UpdateEnvironmentDto {
  @DisplayName('Pull request 42')
  name?: string;

  @Description()
  description?: string | null;

  /** Where what is deployed there can be seen. */
  @MayBeNull()
  @Satisfies(validateUrl)
  @ApiProperty({ type: String, nullable: true, required: false, maxLength: 2_000, example: 'https://pr-42.shop.example' })
  url?: string | null;

  /** All its other names, at most 10: each is taken wherever the slug is. No other environment may have one of them. */
  @MayBeAbsent()
  @Satisfies(validateAliases)
  @ApiProperty({ type: [String], required: false, maxItems: 10, example: ['pull-42'] })
  aliases?: string[];

  /** The environment to inherit from; null for a root. */
  @MayBeNull()
  @EnvironmentName()
  @ApiProperty({ type: String, nullable: true, required: false, example: 'staging' })
  parent?: string | null;

  /** The same as `parent`. */
  @MayBeNull()
  @EnvironmentName()
  @ApiProperty({ type: String, nullable: true, required: false })
  parentId?: string | null;

  /** The same as `parent`. */
  @MayBeNull()
  @EnvironmentName()
  @ApiProperty({ type: String, nullable: true, required: false })
  parent_id?: string | null;

  /** Any JSON object of at most 16 KiB and 8 levels. An edit goes key by key: what is absent stays, and null removes the environment's own key. */
  @MayBeAbsent()
  @Satisfies(validateSettingsEdit)
  @ApiPropertyOptional({ ...SETTINGS_EDIT, example: { protected: true, team: 'checkout' } })
  settings?: JsonObject;

  /** An inactive environment cannot be evaluated; it stays a link in the chains of its descendants. */
  @MayBeAbsent()
  @IsBoolean()
  isActive?: boolean;

  /** When this environment has served its purpose (RFC 3339); null for never. */
  @MayBeAbsent()
  @Satisfies(validateInstant)
  @ApiProperty({ type: String, format: 'date-time', nullable: true, required: false, example: '2026-12-01T00:00:00Z' })
  expiresAt?: string | null;

  @Reason()
  reason?: string;
}

export class CreateEnvironmentDto extends UpdateEnvironmentDto {
  /** The name in every path and header; it never changes. */
  @IsString()
  @Matches(SLUG, { message: SLUG_MESSAGE })
  @ApiProperty({ example: 'pr-42', pattern: SLUG.source })
  slug: string;

  /** Any JSON object of at most 16 KiB and 8 levels; what is absent comes down from the parent. */
  @MayBeAbsent()
  @Satisfies(validateSettings)
  @ApiPropertyOptional({ ...SETTINGS, example: { protected: false } })
  override settings?: EnvironmentSettings;
}

export class RestoreEnvironmentDto {
  /** Another environment to inherit from, when the former parent is gone; null for a root. Absent: the former parent. */
  @MayBeNull()
  @EnvironmentName()
  @ApiProperty({ type: String, nullable: true, required: false, example: 'staging' })
  parent?: string | null;

  @Reason()
  reason?: string;
}

export class EnvironmentsQuery extends PageAtQuery {
  /** Part of the slug, an alias or the name. */
  @OptionalText({ max: 200 })
  search?: string;
}

export class SettingSourceDto {
  @ApiProperty({ enum: ['environment'] })
  kind: 'environment';
  /** @example "production" */
  slug: string;
}

/** One setting as it holds in an environment. */
export class ResolvedSettingDto {
  @ApiProperty(ANY_JSON)
  value: JsonValue;
  source: SettingSourceDto;
  @ApiProperty({ enum: ['inherited', 'overridden', 'overridden-equal'] })
  state: 'inherited' | 'overridden' | 'overridden-equal';
}

@ApiExtraModels(ResolvedSettingDto)
export class EnvironmentDto extends StoredAtRevisionDto {
  /** @example "staging" */
  slug: string;
  /** Its other names. */
  @ApiProperty({ type: [String], example: [] })
  aliases: string[];
  name: string;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  /** Where what is deployed there can be seen. */
  @ApiProperty({ type: String, nullable: true })
  url: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'production' })
  parent: string | null;
  /** The id of `parent`. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  parentId: string | null;
  /** What this environment sets itself. */
  @ApiProperty(SETTINGS)
  settings: EnvironmentSettings;
  /** What holds: each key as the nearest environment on the chain sets it. */
  @ApiProperty(SETTINGS)
  effectiveSettings: EnvironmentSettings;
  /** The same with where each value comes from. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: getSchemaPath(ResolvedSettingDto) } })
  resolvedSettings: Record<string, ResolvedSettingDto>;
  /** What a reader of the settings could take for more than it is. */
  @ApiProperty({ type: [String], example: [] })
  warnings: string[];
  isActive: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: string | null;
}

/** An environment that was deleted and is back. */
export class RestoredEnvironmentDto extends EnvironmentDto {
  /** The revision that had deleted it. */
  deletedAtRevision: number;
  /** How many overrides it has again. */
  restoredOverrides: number;
  /** The children that hang under it again (with `force`). */
  restoredChildren: string[];
  /** How many overrides could not come back, since their flags exist no more. */
  leftOut: number;
  /** Aliases that it had, and that another environment has now. */
  @ApiProperty({ type: [String] })
  lostAliases: string[];
}

export class EnvironmentPageDto extends PageDto {
  items: EnvironmentDto[];
}
