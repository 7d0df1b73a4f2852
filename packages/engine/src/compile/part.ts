import { digestOf } from '../json/digest.js';
import { perObject } from '../per-object.js';
import type { CompiledFlag, Snapshot } from './snapshot.js';

/**
 * The environment as somebody sees it to whom only the flags exist that bear one of the tags. They are evaluated as ever: their prerequisites
 * are asked, though nobody is told of them. The etag stands for what is in it, so it stays the same when another flag changes. Made once.
 */
export function partWithTags(snapshot: Snapshot, tags: readonly string[]): Snapshot {
  const known = parts(snapshot);
  const name = JSON.stringify([...new Set(tags)].sort());
  let part = known.get(name);
  if (!part) known.set(name, (part = makePart(snapshot, new Set(tags), name)));
  return part;
}

const parts = perObject((_snapshot: Snapshot) => new Map<string, Snapshot>());

function makePart(
  { environment, aliases, chain, revision, endless, flags: whole }: Snapshot,
  tags: ReadonlySet<string>,
  name: string,
): Snapshot {
  const flags = new Map<string, CompiledFlag>();
  for (const flag of whole.values()) if (flag.resolved.flag.tags.some((tag) => tags.has(tag))) flags.set(flag.key, flag);
  let content = `${environment} ${name}`;
  for (const { key, digest } of flags.values()) content += ` ${key} ${digest}`;
  for (const { key, digest } of required(flags, whole)) content += ` (${key} ${digest})`;
  return Object.freeze({ environment, aliases, chain, revision, endless, flags, whole, etag: digestOf(content) });
}

/** What the flags depend on, and is not among them, however far away. */
function required(flags: Snapshot['flags'], whole: Snapshot['flags']): Set<CompiledFlag> {
  const found = new Set<CompiledFlag>();
  const waiting = [...flags.values()];
  for (let flag = waiting.pop(); flag; flag = waiting.pop()) {
    for (const prerequisite of flag.program.prerequisites) {
      const other = whole.get(prerequisite.flag);
      if (!other || flags.has(other.key) || found.has(other)) continue;
      found.add(other);
      waiting.push(other);
    }
  }
  return found;
}
