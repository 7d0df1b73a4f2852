import { isPlainObject, kindOf } from '../../json/values.js';
import { contextDefect } from '../../validate/context.js';
import type { JsonValue } from '../../types.js';
import type { DeclaredCheck, DeclaredContext, FilePlace } from '../words.js';
import { namedIn, objectIn } from './members.js';
import { type Report, within } from './report.js';

export const CHECK_MEMBERS = ['environment', 'context', 'variant'] as const;
/** As the server takes it. */
const CHECK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;

export interface ChecksFile {
  checks: DeclaredCheck[];
  contexts: DeclaredContext[];
}

/** Contexts that are tried on every flag, and expected variants by flag and name. Environments are named as the file does. */
export function readChecksFile(content: JsonValue, file: string, report: Report): ChecksFile {
  const root: FilePlace = { file, pointer: '' };
  const document = objectIn(content, root, 'A file of checks', ['$schema', 'contexts', 'checks'], report);
  const contexts: DeclaredContext[] = [];
  const tried = document?.['contexts'] ?? [];
  if (!Array.isArray(tried)) report.error(within(root, 'contexts'), 'wrong-type', `Contexts are a list, not ${kindOf(tried)}.`);
  else
    for (const [index, context] of tried.entries()) {
      const place = within(root, 'contexts', index);
      if (isContext(context, place, report)) contexts.push({ context, place });
    }
  const at = within(root, 'checks');
  const checks = Object.entries(namedIn(document?.['checks'], at, 'Checks', report)).flatMap(([flag, named]) =>
    Object.entries(namedIn(named, within(at, flag), `The checks of "${flag}"`, report)).flatMap(
      ([name, check]) => checkIn(flag, name, check, within(at, flag, name), report) ?? [],
    ),
  );
  return { checks, contexts };
}

function checkIn(flag: string, name: string, value: JsonValue, place: FilePlace, report: Report): DeclaredCheck | null {
  const entry = objectIn(value, place, `The check "${name}"`, CHECK_MEMBERS, report);
  if (!entry) return null;
  const { environment = null, context = {}, variant } = entry;
  if (!CHECK_NAME.test(name))
    report.error(place, 'bad-name', 'The name of a check is 1–100 of letters, digits, ".", "_", "-".', { of: 'key', flag });
  if (environment !== null && typeof environment !== 'string')
    return (
      report.error(within(place, 'environment'), 'wrong-type', 'It is the name of an environment; leave it out for every one.', {
        flag,
      }),
      null
    );
  if (variant === undefined || (variant !== null && typeof variant !== 'string'))
    return (
      report.error(place, 'required', 'A check names the variant that it expects, or null for none.', { of: 'key', flag }),
      null
    );
  if (!isContext(context, within(place, 'context'), report)) return null;
  return { flag, name, environment, context, variant, place };
}

function isContext(context: JsonValue, place: FilePlace, report: Report): context is Record<string, JsonValue> {
  const defect = isPlainObject(context)
    ? contextDefect(context)
    : { pointer: '', code: 'wrong-type', detail: `A context is an object, not ${kindOf(context)}.` };
  if (defect) report.error({ file: place.file, pointer: place.pointer + defect.pointer }, defect.code, defect.detail);
  return defect === null;
}
