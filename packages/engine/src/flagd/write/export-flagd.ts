import { validateRules } from '../../validate/rules/validate-rules.js';
import type { CompiledFlag, Snapshot } from '../../compile/snapshot.js';
import type { Segment } from '../../types.js';
import { factsForFlagd, hiddenMetadata } from '../facts.js';
import { Evaluators } from './evaluators.js';
import { flagExpression } from './flag-expression.js';
import { FLAGD_SCHEMA, type FlagdDocument, type FlagdFlag, Inexpressible, type NotExpressed } from '../flagd-document.js';

/** Every flag of an environment as flagd evaluates it to the same; what it cannot say is listed by name. */
export function exportFlagd(snapshot: Snapshot, segments: ReadonlyMap<string, Segment>): FlagdDocument {
  const evaluators = new Evaluators(segments);
  const flags: [string, FlagdFlag][] = [];
  const omitted: NotExpressed[] = [];
  const inexact: NotExpressed[] = [];
  for (const flag of snapshot.flags.values()) {
    const notes = new Set<string>();
    try {
      flags.push([flag.key, flagForFlagd(flag, evaluators, notes)]);
      for (const detail of notes) inexact.push({ flag: flag.key, detail });
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error;
      omitted.push({ flag: flag.key, detail: error.message });
    }
  }
  return {
    $schema: FLAGD_SCHEMA,
    metadata: { flagSetId: snapshot.environment, version: snapshot.etag },
    $evaluators: evaluators.used(),
    flags: Object.fromEntries(flags),
    omitted,
    inexact,
  };
}

/** One flag as flagd evaluates it to the same; `notes` hears for which contexts it does not. @throws {Inexpressible} */
export function flagForFlagd(flag: CompiledFlag, evaluators: Evaluators, notes = new Set<string>()): FlagdFlag {
  if (flag.defect !== null) throw new Inexpressible(flag.defect);
  for (const rule of flag.resolved.fields.rules.value) {
    const [defect] = validateRules([rule]);
    if (defect) throw new Inexpressible(`rule "${rule.id}": ${defect.detail}`);
  }
  const made = flagExpression(flag, {
    segment: (key) => evaluators.reference(key, notes),
    inexact: (detail) => void notes.add(detail),
  });
  if (made.targeting !== undefined) evaluators.need(made.targeting);
  const metadata = factsForFlagd(flag.resolved.flag);
  for (const name of hiddenMetadata(flag.resolved.flag)) notes.add(`its metadata "${name}" gives way to its own ${name}`);
  return metadata ? { ...made, metadata } : made;
}
