import { isPlainObject } from '../../json/values.js';
import { FLAG_FIELDS, type JsonObject, type JsonValue } from '../../types.js';
import { FLAG_MEMBERS } from '../../states/item-checks.js';
import {
  type OwnershipRule,
  OWNERSHIPS,
  type FilePlace,
  type Policy,
  POLICY_RULES,
  type PolicyRule,
  type Severity,
} from '../words.js';
import { didYouMean } from '../nearest.js';
import { objectIn, wordsIn } from './members.js';
import { type Report, within } from './report.js';
import { FACTS } from './flag-entries.js';

export const NO_POLICY: Policy = { keys: null, require: [], attributes: null, ownership: [], rules: {}, prune: { atMost: 20 } };

export const POLICY_MEMBERS = ['$schema', 'keys', 'require', 'attributes', 'ownership', 'rules', 'prune'] as const;
const MAX_PATTERN = 200;
/** Fields that a policy may give to somebody. */
const OWNED: readonly string[] = [...new Set([...FLAG_FIELDS, ...Object.keys(FLAG_MEMBERS), 'state', 'targeting'])];

export function readPolicyFile(content: JsonValue, file: string, report: Report): Policy {
  const root: FilePlace = { file, pointer: '' };
  const entry = objectIn(content, root, 'policy.yaml', POLICY_MEMBERS, report);
  if (!entry) return NO_POLICY;
  const required = wordsIn(entry['require'], within(root, 'require'), 'Required fields', report);
  for (const [index, name] of required.entries())
    if (!(FACTS as readonly string[]).includes(name))
      report.error(
        within(root, 'require', index),
        'is-in',
        `Only ${FACTS.join(', ')} can be required.${didYouMean(name, FACTS)}`,
      );
  return {
    keys: pattern(entry['keys'], within(root, 'keys'), report),
    require: required,
    attributes: attributes(entry['attributes'], within(root, 'attributes'), report),
    ownership: ownership(entry['ownership'], within(root, 'ownership'), report),
    rules: rules(entry['rules'], within(root, 'rules'), report),
    prune: prune(entry['prune'], within(root, 'prune'), report),
  };
}

function pattern(value: JsonValue | undefined, at: FilePlace, report: Report): RegExp | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && value.length <= MAX_PATTERN) {
    try {
      return new RegExp(value, 'u');
    } catch {
      // told below
    }
  }
  report.error(at, 'bad-pattern', `It is a regular expression of at most ${MAX_PATTERN} characters, in quotes.`);
  return null;
}

function attributes(value: JsonValue | undefined, at: FilePlace, report: Report): Policy['attributes'] {
  if (value === undefined) return null;
  if (!isPlainObject(value))
    return (report.error(at, 'wrong-type', 'Attributes are an object: "any", or a list of values, by their names.'), null);
  const known = new Map<string, JsonValue[] | 'any'>();
  for (const [name, values] of Object.entries(value)) {
    if (values === 'any' || Array.isArray(values)) known.set(name, values);
    else report.error(within(at, name), 'wrong-type', 'It is "any", or a list of values.');
  }
  return known;
}

function ownership(value: JsonValue | undefined, at: FilePlace, report: Report): OwnershipRule[] {
  if (value === undefined) return [];
  if (!Array.isArray(value))
    return (report.error(at, 'wrong-type', 'Ownership is a list; of several that fit, the last one counts.'), []);
  return value.flatMap((one, index) => {
    const place = within(at, index);
    const rule = objectIn(one, place, 'An ownership', ['flags', 'environments', 'fields', 'owner'], report);
    if (!rule) return [];
    const { flags, environments, fields, owner } = rule;
    const isWhole =
      fields === '*' || (Array.isArray(fields) && fields.every((name) => typeof name === 'string' && OWNED.includes(name)));
    if (!isWhole) report.error(within(place, 'fields'), 'is-in', `Fields are "*", or a list of ${OWNED.join(', ')}.`);
    if (!(OWNERSHIPS as readonly unknown[]).includes(owner))
      report.error(within(place, 'owner'), 'is-in', `The owner is one of ${OWNERSHIPS.join(', ')}.`);
    if (flags !== undefined && typeof flags !== 'string')
      report.error(within(place, 'flags'), 'wrong-type', 'It is a pattern of keys.');
    const places = wordsIn(environments, within(place, 'environments'), 'Environments', report);
    if (!isWhole || !(OWNERSHIPS as readonly unknown[]).includes(owner)) return [];
    return [
      {
        ...(typeof flags === 'string' && { flags }),
        ...(environments !== undefined && { environments: places }),
        fields: fields === '*' ? fields : (fields as string[]).map((name) => RENAMED[name] ?? name),
        owner: owner as OwnershipRule['owner'],
      },
    ];
  });
}

const RENAMED: Record<string, string> = { state: 'enabled', targeting: 'rules' };

function rules(value: JsonValue | undefined, at: FilePlace, report: Report): Policy['rules'] {
  const entry: JsonObject | undefined = value === undefined ? {} : objectIn(value, at, 'rules', POLICY_RULES, report);
  const found: Policy['rules'] = {};
  for (const [name, severity] of Object.entries(entry ?? {})) {
    const said = severity === 'warn' ? 'warning' : severity;
    if (said === 'error' || said === 'warning' || said === 'off') found[name as PolicyRule] = said satisfies Severity | 'off';
    else report.error(within(at, name), 'is-in', 'It is error, warn or off.');
  }
  return found;
}

function prune(value: JsonValue | undefined, at: FilePlace, report: Report): Policy['prune'] {
  const entry = value === undefined ? {} : (objectIn(value, at, 'prune', ['atMost'], report) ?? {});
  const { atMost = NO_POLICY.prune.atMost } = entry;
  if (typeof atMost === 'number' && Number.isInteger(atMost) && atMost >= 0) return { atMost };
  report.error(within(at, 'atMost'), 'out-of-range', 'It is a whole number from 0.');
  return NO_POLICY.prune;
}
