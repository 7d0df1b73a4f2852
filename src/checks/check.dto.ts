import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { contextDefect, type EvaluationContext } from '@flagtree/engine';
import { MayBeNull, Satisfies } from '../platform/http/management/parameters/validation.js';
import { EnvironmentName } from '../platform/http/management/parameters/environment-name.js';
import { Reason } from '../platform/http/management/parameters/texts.js';
import { StoredDto, PageDto } from '../platform/http/management/stored.dto.js';

export const CHECK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;

/** A context that a flag must serve a variant to. */
export class PutCheckDto {
  /** The environment in which it must hold; null: in every one. */
  @MayBeNull()
  @EnvironmentName()
  @ApiProperty({ type: String, nullable: true, required: false, example: 'production' })
  environment?: string | null;

  /** The evaluation context; may be empty. */
  @Satisfies((context) => {
    const defect = contextDefect(context);
    return defect ? [defect] : [];
  })
  @ApiProperty({ type: 'object', additionalProperties: true, example: { targetingKey: 'user-1', plan: 'beta' } })
  context: EvaluationContext;

  /** Key of the expected variant; null: none, so the caller's own default. */
  @MayBeNull()
  @IsString()
  @Length(1, 255)
  @ApiProperty({ type: String, nullable: true, example: 'on' })
  variant: string | null;

  @Reason()
  reason?: string;
}

export class CheckDto extends StoredDto {
  /** @example "beta-users-see-it" */
  name: string;
  flag: string;
  @ApiProperty({ type: String, nullable: true })
  environment: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true })
  context: object;
  @ApiProperty({ type: String, nullable: true })
  variant: string | null;
}

export class CheckPageDto extends PageDto {
  items: CheckDto[];
}

export class RunQuery {
  /** Run in this environment; without it each check runs where it must hold, and those for every environment in all active ones. */
  @IsOptional()
  @EnvironmentName()
  env?: string;
}

export class CheckRunDto {
  environment: string;
  check: string;
  /** Whether the context gets the expected variant. */
  holds: boolean;
  @ApiProperty({ type: String, nullable: true })
  expected: string | null;
  @ApiProperty({ type: String, nullable: true })
  variant: string | null;
  /** The reason that evaluation gives. */
  reason: string;
  @ApiProperty({ type: String, nullable: true })
  errorCode: string | null;
  /** What decided: the id of a rule, `default` or `off`; null on an error. */
  @ApiProperty({ type: String, nullable: true })
  branch: string | null;
}

export class CheckRunsDto {
  flag: string;
  /** The revision that was evaluated. */
  revision: number;
  /** Whether all of them hold. */
  holds: boolean;
  items: CheckRunDto[];
}
