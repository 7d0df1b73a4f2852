import { ApiProperty } from '@nestjs/swagger';

export class NotExpressedDto {
  /** The key of the flag; null: it is said of the whole document. */
  @ApiProperty({ type: String, nullable: true })
  flag: string | null;
  /** What is not the same on the other side. */
  detail: string;
}

/** An expression that is stored in other words, which mean the same today. */
export class RewrittenDto {
  /** The key of the flag, or of the evaluator. */
  flag: string;
  /** Where it stands in the body. */
  pointer: string;
  detail: string;
  /** What to write instead. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  expression: unknown;
}

/** flagd's flag definitions: they fit https://flagd.dev/schema/v0/flags.json. */
export class FlagdDocumentDto {
  $schema: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { flagSetId: 'staging', version: '0f3c' } })
  metadata: Record<string, string>;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'object', additionalProperties: true } })
  $evaluators: Record<string, object>;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'object', additionalProperties: true } })
  flags: Record<string, object>;
  /** Flags that are left out: flagd would evaluate them to something else. */
  @ApiProperty({ type: () => [NotExpressedDto] })
  omitted: NotExpressedDto[];
  /** Flags that are there, and contexts for which flagd evaluates them to something else. */
  @ApiProperty({ type: () => [NotExpressedDto] })
  inexact: NotExpressedDto[];
}
