import { deepEqual } from '../json/equal.js';
import {
  contentOf,
  fieldChanges,
  type OverrideContent,
  type RowEdit,
  rowsWithEdit,
  setsNothing,
  withField,
} from '../resolve/overrides.js';
import { inheritanceChain, resolveAlong, type ResolvedFlag } from '../resolve/resolve.js';
import { descendantsOf, environmentsInTreeOrder } from '../state/chain.js';
import type { State } from '../state/state.js';
import type { Environment, EnvironmentFlag, Flag, FlagField, Rule } from '../types.js';
import { whyNotOneList } from '../validate/rules/one-list-of-rules.js';
import { keptOverride } from './keep.js';
import type { Obstacle } from './obstacle.js';
import {
  type Impossible,
  overridesNothing,
  type PromotedFields,
  promotedOf,
  promotedRow,
  redundantFields,
  resolveAbove,
} from './promote-flag.js';
import { layeredRules, type PromotedFlag } from './promoted-rules.js';

/** A field of an override at or above the source that gives nothing any more. */
export interface RedundantField {
  environment: string;
  flag: string;
  field: FlagField;
  pruned: boolean;
}

/** A field that an environment below the targets keeps, by an override that it did not have. */
export interface KeptField {
  environment: string;
  flag: string;
  field: FlagField;
  /** The rules came together from several environments, and are one list of its own from now on. */
  endsLayering: boolean;
}

export interface DraftOrder extends PromotedFields {
  source: Environment;
  targets: readonly Environment[];
  prune: boolean;
  keep: readonly string[] | true;
  reason: string | null;
}

/** The overrides of one flag, by environment id. */
type Rows = ReadonlyMap<string, EnvironmentFlag> | undefined;

/** The overrides that a promotion writes, drawn up flag by flag. */
export class PlanDraft {
  readonly rows: RowEdit[] = [];
  /** Flags that the source does not override, in the modes that take its override. */
  readonly skipped: string[] = [];
  readonly redundant: RedundantField[] = [];
  readonly kept: KeptField[] = [];
  readonly obstacles: Obstacle[] = [];
  private readonly chains = new Map<Environment, Environment[]>();
  /** The source and the environments above it that inherit from a target. */
  private readonly belowATarget: ReadonlySet<Environment>;
  private readonly toKeep: ReadonlySet<Environment>;
  private readonly places: readonly Environment[];

  constructor(
    private readonly state: State,
    private readonly order: DraftOrder,
  ) {
    const { source, targets, keep } = order;
    const chain = inheritanceChain(state, source);
    const highest = Math.max(0, ...targets.map((target) => chain.indexOf(target)));
    this.belowATarget = new Set(chain.slice(0, highest).filter((link) => link === source || !targets.includes(link)));
    const below = new Set(state.inheritance ? targets.flatMap((target) => descendantsOf(state, target)) : []);
    this.toKeep = new Set([...below].filter((one) => !targets.includes(one) && (keep === true || keep.includes(one.slug))));
    this.places = environmentsInTreeOrder(state).filter(
      (place) => targets.includes(place) || this.belowATarget.has(place) || this.toKeep.has(place),
    );
    for (const place of [source, ...this.places]) this.chains.set(place, inheritanceChain(state, place));
  }

  /** In the order of the tree: each environment inherits what those above it are left with. */
  promote(flag: Flag): void {
    const before: Rows = this.state.overrides.get(flag.id);
    const was = (place: Environment) => resolveAlong(this.chainOf(place), before, flag);
    const { source, targets } = this.order;
    const promoted: PromotedFlag = { own: contentOf(before?.get(source.id)), resolved: was(source) };
    if (overridesNothing(promoted.own, this.order)) {
      this.skipped.push(flag.key);
      return;
    }
    let rows = before;
    for (const place of this.places) {
      if (targets.includes(place)) rows = this.write(flag, place, promoted, rows);
      if (place === source && this.belowATarget.has(place)) rows = this.tidy(flag, promoted, rows);
      else if (this.belowATarget.has(place)) rows = this.tidyBetween(flag, place, was(place), rows);
      if (rows !== before && this.toKeep.has(place)) rows = this.keep(flag, place, was(place), rows);
    }
  }

  private write(flag: Flag, target: Environment, promoted: PromotedFlag, rows: Rows): Rows {
    const { after, impossible } = promotedRow(promoted, { flag, chain: this.chainOf(target), rows }, this.order);
    for (const one of impossible) this.obstacles.push(obstacle(target, flag, one, this.order.source));
    return this.edit(flag, target, rows, after, this.order.reason);
  }

  /** What the source would now inherit anyway goes on request; rules that its target has now, too, always: they would be there twice. */
  private tidy(flag: Flag, { own, resolved }: PromotedFlag, rows: Rows): Rows {
    const { source, fields, mode, prune, with: values } = this.order;
    const place = { flag, chain: this.chainOf(source), rows };
    const redundant = redundantFields(resolved, place, promotedOf(fields, values));
    const pruned = redundant.filter((field) => prune || (field === 'rules' && this.movesLayers() && isLayer(own)));
    for (const field of redundant) this.addRedundant(source, flag, field, pruned.includes(field));
    let left = pruned.reduce((content, field) => withField(content, field, null), own ?? {});
    const rules = resolved.fields.rules.value;
    if (mode === 'resolved' && this.movesLayers() && !deepEqual(rulesOf(left, resolveAbove(place)), rules)) {
      const why = whyNotOneList(rules);
      if (why === null) left = withField(left, 'rules', { rules, rulesMode: 'replace' });
      else this.obstacles.push(obstacle(source, flag, { field: 'rules', why }, source));
    }
    return this.edit(flag, source, rows, setsNothing(left) && !deepEqual(left, own ?? {}) ? null : own && left, null);
  }

  /** Between the target and the source: rules that are added to what the target has now. */
  private tidyBetween(flag: Flag, place: Environment, was: ResolvedFlag, rows: Rows): Rows {
    const own = contentOf(rows?.get(place.id));
    if (this.order.mode !== 'resolved' || !this.movesLayers() || !own || !isLayer(own)) return rows;
    const above = resolveAbove({ flag, chain: this.chainOf(place), rows });
    if (!deepEqual(above.fields.rules.value, was.fields.rules.value)) return rows;
    this.addRedundant(place, flag, 'rules', true);
    const left = withField(own, 'rules', null);
    return this.edit(flag, place, rows, setsNothing(left) ? null : left, null);
  }

  private keep(flag: Flag, place: Environment, was: ResolvedFlag, rows: Rows): Rows {
    const own = contentOf(rows?.get(place.id));
    const { after, obstacles, endsLayering } = keptOverride(was, resolveAlong(this.chainOf(place), rows, flag), own);
    this.obstacles.push(...obstacles);
    for (const { environment, field } of fieldChanges([{ environment: place.slug, flag: flag.key, before: own, after }]))
      this.kept.push({ environment, flag: flag.key, field, endsLayering: field === 'rules' && endsLayering });
    const { targets, reason } = this.order;
    const above = targets.filter((target) => this.chainOf(place).includes(target)).map(({ slug }) => slug);
    return this.edit(flag, place, rows, after, `kept from ${above.join(', ')}${reason === null ? '' : `: ${reason}`}`);
  }

  /** Whether rules that are layers below a target come to be part of the target's own. */
  private movesLayers(): boolean {
    const { fields, mode, with: values } = this.order;
    return mode !== 'exact' && fields.includes('rules') && values.rules === undefined;
  }

  private addRedundant({ slug: environment }: Environment, { key: flag }: Flag, field: FlagField, pruned: boolean): void {
    this.redundant.push({ environment, flag, field, pruned });
  }

  private edit(flag: Flag, environment: Environment, rows: Rows, wanted: OverrideContent | null, reason: string | null): Rows {
    const before = contentOf(rows?.get(environment.id));
    if (deepEqual(before, wanted)) return rows;
    const after = wanted && reason !== null ? { ...wanted, reason } : wanted;
    this.rows.push({ environment: environment.slug, flag: flag.key, before, after });
    return rowsWithEdit(rows, after, environment.id, flag.id);
  }

  private chainOf(environment: Environment): Environment[] {
    return this.chains.get(environment) as Environment[];
  }
}

function isLayer(own: OverrideContent | null): boolean {
  return own?.rules !== undefined && own.rulesMode !== 'replace';
}

function rulesOf(content: OverrideContent, above: ResolvedFlag): Rule[] {
  const inherited = above.fields.rules.value;
  return content.rules ? layeredRules(inherited, content) : inherited;
}

function obstacle(target: Environment, { key }: Flag, { field, why }: Impossible, source: Environment): Obstacle {
  const reason =
    why === null
      ? `${source.slug} has no ${field} for ${key}, and an override of ${target.slug} cannot say "none" where it inherits one`
      : `the ${field} that ${target.slug} would need for ${key} cannot be its own: ${why}`;
  return { environment: target.slug, flag: key, field, detail: `${reason}; or leave ${field} out of fields` };
}
