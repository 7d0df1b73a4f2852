import semver from 'semver';
import { textOf } from '../program/coercion.js';
import { operandsOf, type LogicOperator } from '../program/operands.js';

/** flagd's own operators on texts. What they cannot read is null, not false: then flagd's default applies. */
export const custom: { readonly [name: string]: LogicOperator } = {
  starts_with: onTexts((text, part) => text.startsWith(part)),
  ends_with: onTexts((text, part) => text.endsWith(part)),

  sem_ver: (operands, scope) => {
    const values = operandsOf(operands, scope);
    return (data, context, now) => {
      const [a, operator, b, ...rest] = values(data, context, now);
      if (rest.length > 0) return null;
      const [version, other] = [parseVersion(a), parseVersion(b)];
      const relation = RELATIONS.get(String(operator));
      return version && other && relation ? relation(version, other) : null;
    };
  },
};

export const VERSION_RELATIONS = ['=', '!=', '>', '<', '>=', '<=', '~', '^'] as const;

const RELATIONS: ReadonlyMap<string, (a: semver.SemVer, b: semver.SemVer) => boolean> = new Map(
  Object.entries({
    '=': (a, b) => a.compare(b) === 0,
    '!=': (a, b) => a.compare(b) !== 0,
    '>': (a, b) => a.compare(b) > 0,
    '<': (a, b) => a.compare(b) < 0,
    '>=': (a, b) => a.compare(b) >= 0,
    '<=': (a, b) => a.compare(b) <= 0,
    '~': (a, b) => a.major === b.major && a.minor === b.minor,
    '^': (a, b) => a.major === b.major,
  } satisfies Record<(typeof VERSION_RELATIONS)[number], (a: semver.SemVer, b: semver.SemVer) => boolean>),
);

/** As flagd reads it: also with a `v` before it, of one or two numbers only, as a number, or in a list of its own. */
function parseVersion(value: unknown): semver.SemVer | null {
  const text = textOf(value).replace(/^[vV]/, '');
  return semver.parse(text) ?? (/^\d+(\.\d+)?$/.test(text) ? semver.coerce(text) : null);
}

function onTexts(holds: (text: string, part: string) => boolean): LogicOperator {
  return (operands, scope) => {
    const values = operandsOf(operands, scope);
    return (data, context, now) => {
      const [text, part, ...rest] = values(data, context, now);
      return typeof text === 'string' && typeof part === 'string' && rest.length === 0 ? holds(text, part) : null;
    };
  };
}
