import { type Defect, environmentNamed, type State } from '@flagtree/engine';
import { isReservedName } from '../access/identity/token-names.js';
import type { CreateTokenDto } from './token.dto.js';

/** What is wrong with a token that is to be made. */
export function tokenDefects(
  state: State,
  { name, kind, role, environments, includeDescendants, flagTags, expiresAt }: CreateTokenDto,
  now: Date,
): Defect[] {
  const defects: Defect[] = [];
  const report = (pointer: string, code: string, detail: string) => defects.push({ pointer, code, detail });
  if (isReservedName(name)) report('/name', 'name-reserved', `The log calls the server itself "${name}": take another name.`);
  if (kind === 'admin' && (role ?? null) === null) report('/role', 'role-missing', 'An admin token needs a role.');
  if (kind !== 'admin' && (role ?? null) !== null)
    report('/role', 'role-not-for-clients', `A ${kind} token only evaluates: leave out the role.`);
  if (kind === 'client' && (environments ?? null) === null) {
    report('/environments', 'environments-missing', 'A client token names the environments that it evaluates in.');
  }
  if (kind === 'browser') {
    if (environments?.length !== 1 || includeDescendants === true)
      report('/environments', 'one-environment', 'A browser token is for one environment, without what is below it.');
    if ((flagTags ?? null) === null)
      report('/flagTags', 'tags-missing', 'Name the tags of the flags that pages may know of: anybody can read a browser token.');
  } else if ((flagTags ?? null) !== null) {
    report('/flagTags', 'tags-not-for-secrets', `A ${kind} token sees every flag: leave them out, or make a browser token.`);
  }
  for (const [index, slug] of (environments ?? []).entries()) {
    if (!environmentNamed(state, slug))
      report(`/environments/${String(index)}`, 'environment-not-found', `There is no environment "${slug}".`);
  }
  if (typeof expiresAt === 'string' && Date.parse(expiresAt) <= now.getTime()) {
    report('/expiresAt', 'already-expired', 'This moment has passed: the token would never work.');
  }
  return defects;
}
