import { type CompiledFlag, environmentBySlug, environmentNamed, type Snapshot, type State } from '@flagtree/engine';
import type { Snapshots } from '../resolver/snapshots/all-snapshots.js';

/** What the mirror should hold at one revision. */
export interface MirrorContent {
  state: State;
  /** By name, slugs and aliases alike, of the environments that can be evaluated. */
  flags: ReadonlyMap<string, Snapshot['flags']>;
}

export function mirrorContentOf(state: State, snapshots: Snapshots): MirrorContent {
  const flags = new Map<string, Snapshot['flags']>();
  for (const [slug, snapshot] of snapshots) {
    const environment = environmentBySlug(state, slug);
    if (snapshot instanceof Error || !environment?.isActive) continue;
    for (const name of [slug, ...environment.aliases]) flags.set(name, snapshot.flags);
  }
  return { state, flags };
}

export interface EnvironmentChange {
  /** A slug or an alias: what stands in the keys. */
  environment: string;
  changed: CompiledFlag[];
  /** Keys of flags. */
  deleted: string[];
}

/** What a mirror that holds `from` lacks of `to`. A flag that is another object with the same content counts as unchanged. */
export function changesBetween(from: MirrorContent, to: MirrorContent): EnvironmentChange[] {
  const changes: EnvironmentChange[] = [];
  for (const environment of new Set([...from.flags.keys(), ...to.flags.keys()])) {
    const [was, is] = [from.flags.get(environment), to.flags.get(environment)];
    if (was === is) continue;
    const keys = was && is ? candidates(from.state, to.state) : null;
    const changed = flagsNamed(is, keys).filter((flag) => !sameContent(was?.get(flag.key), flag));
    const deleted = flagsNamed(was, keys).flatMap(({ key }) => (is?.has(key) ? [] : [key]));
    if (changed.length > 0 || deleted.length > 0) changes.push({ environment, changed, deleted });
  }
  return changes;
}

/** What subscribers are told: of each environment once, whatever it is called; of a name that is gone by that name. */
export interface MirrorMessage {
  /** The slug. */
  environment: string;
  aliases: readonly string[];
  revision: number;
  changed: string[];
  deleted: string[];
}

export function messagesOf(changes: readonly EnvironmentChange[], { state, flags }: MirrorContent): MirrorMessage[] {
  const messages = new Map<string, MirrorMessage>();
  for (const { environment: name, changed, deleted } of changes) {
    const owner = environmentNamed(state, name);
    const environment = owner?.slug ?? name;
    const message = messages.get(environment) ?? {
      environment,
      aliases: owner?.aliases ?? [],
      revision: state.revision,
      changed: [],
      deleted: [],
    };
    messages.set(environment, message);
    const table = flags.get(environment);
    message.changed = union(message.changed, changed.map(({ key }) => key)); // prettier-ignore
    message.deleted = union(message.deleted, deleted.filter((key) => !table?.has(key))); // prettier-ignore
  }
  return [...messages.values()].filter(({ changed, deleted }) => changed.length + deleted.length > 0);
}

const union = (some: readonly string[], more: readonly string[]) => [...new Set([...some, ...more])];

/** The keys of the flags with another row or override; null: any flag can be another. */
function candidates(from: State, to: State): string[] | null {
  if (from.segments !== to.segments || from.environments !== to.environments) return null;
  const keys = new Set<string>();
  for (const [id, flag] of to.flags)
    if (from.flags.get(id) !== flag || from.overrides.get(id) !== to.overrides.get(id)) keys.add(flag.key);
  for (const [id, flag] of from.flags) if (!to.flags.has(id)) keys.add(flag.key);
  return [...keys];
}

function flagsNamed(table: Snapshot['flags'] | undefined, keys: readonly string[] | null): CompiledFlag[] {
  if (!table) return [];
  return keys === null ? [...table.values()] : keys.flatMap((key) => table.get(key) ?? []);
}

function sameContent(was: CompiledFlag | undefined, is: CompiledFlag): boolean {
  return was === is || (was?.digest === is.digest && was.defect === is.defect);
}
