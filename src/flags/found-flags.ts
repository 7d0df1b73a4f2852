import { byKey, type Flag, type State } from '@flagtree/engine';
import { switchOf } from '../platform/http/management/parameters/query-switch.js';

/** What every list of flags can be narrowed to. */
export interface FlagSearch {
  /** Part of the key, name or description, whatever the case. */
  search?: string;
  tag?: string;
  owner?: string;
  /** A switch: the archived flags instead of those in use. */
  archived?: string;
}

/** The flags that fit all that is asked, by key. @throws {Invalid} */
export function foundFlags({ flags }: State, { search, tag, owner, archived }: FlagSearch): Flag[] {
  const wanted = search?.toLowerCase();
  const isArchived = switchOf(archived, 'archived');
  return [...flags.values()]
    .filter(
      (flag) =>
        (flag.archivedAt !== null) === isArchived &&
        (tag === undefined || flag.tags.includes(tag)) &&
        (owner === undefined || flag.owner === owner) &&
        (wanted === undefined ||
          [flag.key, flag.name, flag.description ?? ''].some((text) => text.toLowerCase().includes(wanted))),
    )
    .sort(byKey);
}
