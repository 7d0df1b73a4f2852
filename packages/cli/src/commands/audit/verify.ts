import type { Invocation, Result } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { counted } from '../../output/diff.js';
import { harmless } from '../../output/width.js';

export async function run({ options: { strict }, session }: Invocation<unknown, { strict: boolean }>): Promise<Result> {
  const api = await session.api();
  const verification = await api.audit.verify();
  const { valid, entries, broken, warnings, anchors } = verification;
  const holds = valid && !(strict && warnings.length > 0);
  return {
    data: verification,
    show: ({ colours }) =>
      [
        ...broken.map(({ id, reason, detail }) =>
          colours.red(`  ! ${reason}${id === null ? '' : ` at entry ${id}`}: ${harmless(detail)}`),
        ),
        ...warnings.map((warning) => colours.yellow(`  ! ${harmless(warning)}`)),
        `${valid ? 'The log holds' : 'The log does not hold'}: ${counted(entries, 'entry', 'entries')}, ${counted(anchors.count, 'anchor')}.`,
      ].join('\n'),
    exitCode: holds ? EXIT.done : EXIT.failed,
  };
}
