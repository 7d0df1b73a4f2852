import { deepEqual } from '../../json/equal.js';
import { isPlainObject, pointerTo } from '../../json/values.js';
import type { JsonObject, JsonValue } from '../../types.js';
import { didYouMean } from '../nearest.js';
import { FACTS } from '../read/flag-entries.js';
import { type Report, within } from '../read/report.js';
import type { DeclaredFlag, DeclaredOverride, Directory, FilePlace } from '../words.js';
import { attributesUsed } from './attributes-used.js';

/** What can be said of each entry by itself, with the policy and the entry of the flag in _base. */
export function entryFindings(directory: Directory, report: Report): void {
  for (const flag of directory.flags.values()) {
    policyFindings(flag, directory, report);
    writtenFindings(flag.key, flag, undefined, directory, report);
  }
  for (const override of directory.overrides) {
    const { flag: key, environment, entry, place } = override;
    const base = directory.flags.get(key);
    if (base) factFindings(override, base, report);
    else {
      const isComplete = entry['variants'] !== undefined && entry['state'] !== undefined;
      const next = isComplete ? 'Move it to _base.' : didYouMean(key, directory.flags.keys()) || ' Write it there first.';
      report.error(place, 'flag-not-found', `There is no flag "${key}" in _base. ${next.trim()}`, {
        of: 'key',
        flag: key,
        environment,
      });
    }
    if (
      Object.keys(override.fields).every((name) => name === 'reason') &&
      override.isSound &&
      !FACTS.some((name) => entry[name] !== undefined)
    )
      report.ruled('dead-override', 'warning', place, `It says nothing: "${key}" is what it inherits in ${environment}.`, {
        of: 'key',
        flag: key,
        environment,
      });
    const { rules } = override.fields;
    if (rules && rules.rules.length === 0 && rules.mode !== 'replace')
      report.ruled(
        'dead-override',
        'warning',
        within(place, 'rulesMode'),
        `No rules are added to those that come down the tree.`,
        { flag: key, environment },
      );
    writtenFindings(key, override, environment, directory, report);
  }
}

function policyFindings({ key, place, entry }: DeclaredFlag, { policy }: Directory, report: Report): void {
  if (policy.keys && !policy.keys.test(key))
    report.error(place, 'key-pattern', `"${key}" is not as the policy wants keys: ${policy.keys.source}.`, {
      of: 'key',
      flag: key,
    });
  for (const name of policy.require) {
    const value = entry[name] ?? (isPlainObject(entry['metadata']) ? entry['metadata'][name] : undefined);
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
      report.error(place, 'required-field', `The policy wants "${name}" of every flag.`, { of: 'key', flag: key });
  }
}

/** What is told of a flag is told in _base. */
function factFindings({ flag, environment, entry, place }: DeclaredOverride, base: DeclaredFlag, report: Report): void {
  for (const name of FACTS) {
    const value = entry[name];
    if (value === undefined) continue;
    const at = within(place, name);
    if (deepEqual(value, base.entry[name]))
      report.warning(at, 'told-twice', `"${name}" belongs to the flag itself and stands in _base already: leave it out here.`, {
        of: 'key',
        flag,
        environment,
      });
    else
      report.error(
        at,
        'not-here',
        `"${name}" belongs to the flag itself, not to what it is in ${environment}: write it in _base.`,
        { of: 'key', flag, environment },
      );
  }
}

function writtenFindings(
  flag: string,
  { entry, place }: { entry: JsonObject; place: FilePlace },
  environment: string | undefined,
  { policy }: Directory,
  report: Report,
): void {
  const more = { flag, ...(environment !== undefined && { environment }) };
  if (policy.attributes) {
    for (const member of ['targeting', 'rules'] as const) {
      for (const { name, pointer } of attributesUsed(entry[member] ?? null)) {
        if (policy.attributes.has(name)) continue;
        const at = { file: place.file, pointer: pointerTo(place.pointer, member) + pointer };
        report.ruled(
          'unknown-attribute',
          'warning',
          at,
          `The policy knows no attribute "${name}".${didYouMean(name, policy.attributes.keys())}`,
          more,
        );
      }
    }
  }
  for (const pointer of secretsIn(entry))
    report.error(
      { file: place.file, pointer: place.pointer + pointer },
      'secret-in-file',
      'It looks like a token of a server: revoke it, and take it out of the history.',
      more,
    );
}

const TOKEN = /\bft_(?:admin|client|browser)_[A-Za-z0-9]+_[A-Za-z0-9_-]{10,}/;

function secretsIn(value: JsonValue, at = ''): string[] {
  if (typeof value === 'string') return TOKEN.test(value) ? [at] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, pointerTo(at, index)));
  return isPlainObject(value) ? Object.entries(value).flatMap(([name, item]) => secretsIn(item, pointerTo(at, name))) : [];
}
