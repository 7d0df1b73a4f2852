import type { Caller } from '../access/caller.js';
import { effectiveSettings, environmentBySlug, type EnvironmentSettings, type State } from '@flagtree/engine';
import { Forbidden, Unprocessable } from '../platform/http/problems/problem.js';

const SETTINGS = ['protected', 'require_approval'] as const;

/**
 * What the API of environments asks for beyond the effect: new roots and settings are an admin's to say, and no child loosens what it inherits.
 * @throws {Forbidden | Unprocessable}
 */
export function assertMayImport(caller: Caller, before: State, after: State): void {
  if (before.environments === after.environments) return;
  for (const environment of after.environments.values()) {
    const { slug, parentId, settings } = environment;
    const was = environmentBySlug(before, slug);
    if (parentId === null && was?.parentId !== null && !caller.has('admin')) {
      throw new Forbidden('role-too-low', `A new root ("${slug}") needs the role admin.`);
    }
    const parent = parentId === null ? undefined : after.environments.get(parentId);
    const inherited: EnvironmentSettings = parent ? effectiveSettings(after, parent) : {};
    for (const setting of SETTINGS) {
      const isChanged = (settings[setting] ?? false) !== (was?.settings[setting] ?? false);
      if (isChanged && !caller.has('admin'))
        throw new Forbidden('role-too-low', `Changing "${setting}" of "${slug}" needs the role admin.`);
      if (settings[setting] === false && was?.settings[setting] !== false && inherited[setting] === true) {
        throw new Unprocessable(
          'cannot-loosen',
          `"${setting}" of "${slug}" comes down from "${parent?.slug ?? ''}" and cannot be loosened below it.`,
        );
      }
    }
  }
  for (const { slug, settings } of before.environments.values()) {
    if (environmentBySlug(after, slug) || caller.has('admin') || !SETTINGS.some((setting) => settings[setting] === true))
      continue;
    throw new Forbidden('role-too-low', `Deleting "${slug}", which is protected, needs the role admin.`);
  }
}
