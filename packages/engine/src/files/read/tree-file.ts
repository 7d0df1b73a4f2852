import { ENVIRONMENT_MEMBERS } from '../../states/item-checks.js';
import type { JsonValue } from '../../types.js';
import type { DeclaredEnvironment, FilePlace } from '../words.js';
import { namedIn, objectIn } from './members.js';
import { type Report, within } from './report.js';
import { didYouMean } from '../nearest.js';

export const ENVIRONMENT_FILE_MEMBERS = [
  'aliases',
  'name',
  'description',
  'url',
  'parent',
  'settings',
  'isActive',
  'expiresAt',
] as const;

export interface TreeFile {
  source: string | null;
  environments: DeclaredEnvironment[];
}

/** Of who declares: a word that fits into a path and a label. */
export const SOURCE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;

/** environments.yaml: the tree, parents by any of their names. */
export function readTreeFile(content: JsonValue, file: string, report: Report): TreeFile {
  const root: FilePlace = { file, pointer: '' };
  const document = objectIn(content, root, 'environments.yaml', ['$schema', 'source', 'environments'], report);
  if (!document) return { source: null, environments: [] };
  const source = document['source'];
  if (source !== undefined && !(typeof source === 'string' && SOURCE_NAME.test(source)))
    report.error(within(root, 'source'), 'matches', 'The source is a name of 1–100 letters, digits, ".", "_", "-".');
  const at = within(root, 'environments');
  const named = namedIn(document['environments'], at, 'Environments', report);
  const environments = Object.entries(named).flatMap(
    ([slug, value]) => environmentIn(slug, value, within(at, slug), report) ?? [],
  );
  nameParents(environments, report);
  return { source: typeof source === 'string' ? source : null, environments };
}

function environmentIn(slug: string, value: JsonValue, place: FilePlace, report: Report): DeclaredEnvironment | null {
  const entry = objectIn(value ?? {}, place, `The environment "${slug}"`, ENVIRONMENT_FILE_MEMBERS, report);
  if (!entry) return null;
  const item: Record<string, unknown> = {};
  for (const [name, { check, fallback }] of Object.entries(ENVIRONMENT_MEMBERS)) {
    const given = name === 'slug' ? slug : entry[name];
    const defects = given === undefined ? [] : check(given, { slug });
    for (const { pointer, code, detail } of defects) {
      const there = name === 'slug' ? place : within(place, name);
      report.error({ file: there.file, pointer: there.pointer + pointer }, code, detail, { environment: slug });
    }
    if (given !== undefined && defects.length === 0) item[name] = given;
    else item[name] = name === 'slug' ? slug : typeof fallback === 'function' ? fallback({ slug }) : (fallback ?? null);
  }
  return { ...(item as unknown as DeclaredEnvironment), place };
}

/** Each name is of one environment; parents become slugs, and no environment is below itself. */
function nameParents(environments: DeclaredEnvironment[], report: Report): void {
  const slugs = new Map<string, string>();
  for (const { slug, aliases = [], place } of environments) {
    for (const name of [slug, ...aliases]) {
      const other = slugs.get(name);
      if (other === undefined) slugs.set(name, slug);
      else
        report.error(place, 'name-taken', `"${name}" is a name of "${other}" too: each name is of one environment.`, {
          environment: slug,
        });
    }
  }
  for (const one of environments) {
    if (one.parent === null) continue;
    const parent = slugs.get(one.parent);
    if (parent === undefined)
      report.error(
        within(one.place, 'parent'),
        'environment-not-found',
        `There is no environment "${one.parent}".${didYouMean(one.parent, slugs.keys())}`,
        {
          environment: one.slug,
        },
      );
    one.parent = parent ?? null;
  }
  const bySlug = new Map(environments.map((one) => [one.slug, one]));
  for (const one of environments) {
    const chain = [one.slug];
    for (let up = one.parent; up !== null; up = bySlug.get(up)?.parent ?? null) {
      chain.push(up);
      if (chain.indexOf(up) < chain.length - 1 || chain.length > DEEPEST) break;
    }
    if (chain.length <= DEEPEST && new Set(chain).size === chain.length) continue;
    const message =
      chain.length > DEEPEST ? `It is more than ${DEEPEST} deep.` : `It would inherit from itself: ${chain.join(' → ')}.`;
    report.error(within(one.place, 'parent'), 'environment-cycle', message, { environment: one.slug });
    one.parent = null;
  }
}

const DEEPEST = 10;
