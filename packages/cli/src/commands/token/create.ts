import type { NewToken } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { reasonIn, type WriteChoices } from '../../guard/write-options.js';
import { issued } from './issued.js';

interface Chosen extends WriteChoices {
  kind: NewToken['kind'] | undefined;
  role: 'viewer' | 'developer' | 'promoter' | 'admin' | undefined;
  environments: string[];
  includeDescendants: boolean;
  flagTags: string[];
  expiresAt: string | undefined;
  out: string | undefined;
}

export async function run(call: Invocation<{ name: string }, Chosen>): Promise<Result> {
  const { role, kind, environments, includeDescendants, flagTags, expiresAt, dryRun } = call.options;
  const body: NewToken = {
    name: call.arguments.name,
    kind: kind ?? (role === undefined ? 'client' : 'admin'),
    ...(role !== undefined && { role }),
    ...(environments.length > 0 && { environments }),
    ...(includeDescendants && { includeDescendants }),
    ...(flagTags.length > 0 && { flagTags }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...reasonIn(call.options),
  };
  const { tokens } = await call.session.api();
  return issued(call, dryRun ? await tokens.create(body, { dryRun: true }) : await tokens.create(body));
}
