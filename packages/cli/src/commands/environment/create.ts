import type { NewEnvironment } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { guardedWrite } from '../../guard/guarded-write.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { harmless } from '../../output/width.js';

interface Chosen extends WriteChoices {
  parent: string | undefined;
  title: string | undefined;
  alias: string[];
  description: string | undefined;
  expiresAt: string | undefined;
  settings: Record<string, unknown> | undefined;
}

export async function run(call: Invocation<{ slug: string }, Chosen>): Promise<Result> {
  const { parent, title, alias, description, expiresAt, settings } = call.options;
  const body: NewEnvironment = {
    slug: call.arguments.slug,
    ...(parent !== undefined && { parent }),
    ...(title !== undefined && { name: title }),
    ...(alias.length > 0 && { aliases: alias }),
    ...(description !== undefined && { description }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(settings !== undefined && { settings }),
    ...reasonIn(call.options),
  };
  const { environments } = await call.session.api();
  return guardedWrite(call, {
    targets: [],
    rehearse: () => environments.create(body, { dryRun: true }),
    write: () => environments.create(body),
    show: (made) =>
      `${harmless(made.slug)} is there${made.parent === null ? ', a root' : `, below ${harmless(made.parent)}`} (revision ${made.revision}).`,
  });
}
