import { SLUG } from '@flagtree/engine';
import type { FirstEnvironment } from './config.js';
import { BadValue } from './parsers.js';

const DEEPEST = 10;

/** `prod,staging<prod,dev<staging`: slugs, each with its parent where it has one, in any order; or `none`. */
export function firstEnvironments(text: string): readonly FirstEnvironment[] {
  if (text.trim() === 'none') return [];
  const given = text.split(',').map((item) => environmentOf(item.trim()));
  const slugs = given.map(({ slug }) => slug);
  const twice = slugs.find((slug, index) => slugs.indexOf(slug) < index);
  if (twice !== undefined) throw new BadValue(`must name each environment once, and names "${twice}" twice`);
  const lost = given.find(({ parent }) => parent !== null && !slugs.includes(parent));
  if (lost) throw new BadValue(`must name "${String(lost.parent)}" too, which "${lost.slug}" is to inherit from`);
  return parentsFirst(given);
}

function environmentOf(item: string): FirstEnvironment {
  const [slug = '', parent = null, ...rest] = item.split('<').map((name) => name.trim());
  const isSound = rest.length === 0 && SLUG.test(slug) && (parent === null || SLUG.test(parent));
  if (isSound) return { slug, parent };
  throw new BadValue(
    `must be "none", or slugs with their parents such as prod,staging<prod,dev<staging (lower-case letters, digits, "_" and "-"), not ${JSON.stringify(item.slice(0, 80))}`,
  );
}

function parentsFirst(given: readonly FirstEnvironment[]): readonly FirstEnvironment[] {
  const placed: FirstEnvironment[] = [];
  for (let depth = 1; placed.length < given.length; depth++) {
    const above = new Set<string | null>([null, ...placed.map(({ slug }) => slug)]);
    const next = given.filter((environment) => !placed.includes(environment) && above.has(environment.parent));
    const [first] = given.filter((environment) => !placed.includes(environment));
    if (next.length === 0) throw new BadValue(`must be a tree: "${String(first?.slug)}" would inherit from itself`);
    if (depth > DEEPEST) throw new BadValue(`must be at most ${String(DEEPEST)} deep: "${String(next[0]?.slug)}" is deeper`);
    placed.push(...next);
  }
  return placed;
}
