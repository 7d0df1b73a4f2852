import { ApiProperty } from '@nestjs/swagger';

/** One revision, as the stream of the management API tells of it. */
export class ManagedChangeDto {
  /** @example 1205 */
  revision: number;
  /** The flags whose base or overrides changed, anywhere; null: too many to name. */
  @ApiProperty({ type: [String], nullable: true, example: ['ui.dark_mode'] })
  keys: string[] | null;
  /** What kinds of things changed. */
  @ApiProperty({ type: [String], example: ['environment_flags'] })
  tables: string[];
}
