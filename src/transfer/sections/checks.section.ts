import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Change } from '../../audit/change/change.js';
import { newId } from '../../audit/change/new-id.js';
import { deleteRows, insertRows, updateRows } from '../../audit/change/rows.queries.js';
import { CHECK_NAME } from '../../checks/check.dto.js';
import type { SavedCheck } from '../../checks/checks.queries.js';
import { ChecksService } from '../../checks/checks.service.js';
import {
  contextDefect,
  deepEqual,
  type Defect,
  type Environment,
  ENVIRONMENT_NAME,
  environmentNamed,
  type Flag,
  FLAG_KEY,
  flagByKey,
  type JsonObject,
  selectFlags,
  slugNamed,
  type State,
} from '@flagtree/engine';
import { matching, type Member, membersDefects, orNull, type StatesSelection, text } from '@flagtree/engine/states';
import { Unprocessable } from '../../platform/http/problems/problem.js';
import { noCounts, type SectionCounts } from '../plan/plan.js';
import { type SectionScope, type TransferSection, TransferSections } from '../transfer-sections.js';

type CheckItem = Pick<SavedCheck, 'flag' | 'name' | 'environment' | 'context' | 'variant'>;

const MEMBERS: Record<string, Member> = {
  flag: { check: matching(FLAG_KEY, 'the key of a flag'), schema: { type: 'string', pattern: FLAG_KEY.source } },
  name: { check: matching(CHECK_NAME, 'the name of a check'), schema: { type: 'string', pattern: CHECK_NAME.source } },
  environment: {
    check: orNull(matching(ENVIRONMENT_NAME, 'the slug, an alias or the id of an environment')),
    fallback: null,
    schema: { anyOf: [{ type: 'string', pattern: ENVIRONMENT_NAME.source }, { type: 'null' }] },
  },
  context: {
    check: (context) => [contextDefect(context)].flatMap((defect) => defect ?? []),
    schema: { type: 'object' },
  },
  variant: {
    check: orNull(text(1, 255)),
    schema: { anyOf: [{ type: 'string', minLength: 1, maxLength: 255 }, { type: 'null' }] },
  },
};

/** The saved checks of flags: written at once like overrides, since there can be as many. */
@Injectable()
export class ChecksSection implements TransferSection, OnModuleInit {
  readonly name = 'checks';
  readonly item = {
    type: 'object',
    required: Object.keys(MEMBERS).filter((name) => MEMBERS[name]?.fallback === undefined),
    properties: Object.fromEntries(Object.entries(MEMBERS).map(([name, { schema }]) => [name, schema])),
    additionalProperties: false,
  };

  constructor(
    private readonly sections: TransferSections,
    private readonly checks: ChecksService,
  ) {}

  onModuleInit(): void {
    this.sections.register(this);
  }

  async export(manager: EntityManager, state: State, selection: StatesSelection, flags: readonly Flag[]): Promise<JsonObject[]> {
    const saved = await this.checks.of(flags, manager);
    return saved
      .filter((check) => isInScope(state, check, selection))
      .map((check) => ({ ...itemOf(check) }) as unknown as JsonObject);
  }

  check(items: unknown[]): Defect[] {
    return membersDefects(items, MEMBERS, ({ flag, name }) => `${String(flag)} ${String(name)}`);
  }

  async import(change: Change, items: JsonObject[], { mode, selection }: SectionScope): Promise<SectionCounts> {
    const { state, manager } = change;
    const counts = noCounts();
    const known = new Map(
      (await this.checks.of([...state.flags.values()], manager)).map((check) => [`${check.flag} ${check.name}`, check]),
    );
    const inserted: JsonObject[] = [];
    const updated: JsonObject[] = [];
    const named = new Set<string>();
    for (const [index, given] of items.entries()) {
      const { flag, environment } = checkPlace(state, { environment: null, ...given } as unknown as CheckItem, index);
      const item = { ...given, environment: environment?.slug ?? null } as unknown as CheckItem;
      const identity = `${item.flag} ${item.name}`;
      const existing = known.get(identity);
      named.add(identity);
      if (existing && deepEqual(itemOf(existing), item)) {
        counts.unchanged++;
        continue;
      }
      const row = {
        id: existing?.id ?? newId(),
        flag_id: flag.id,
        environment_id: environment?.id ?? null,
        name: item.name,
        context: item.context as JsonObject,
        variant: item.variant,
      };
      if (existing) counts.updated++;
      else counts.created++;
      (existing ? updated : inserted).push(row);
    }
    const selected = new Set(selectFlags(state, selection).map(({ key }) => key));
    const removed =
      mode === 'merge'
        ? []
        : [...known].filter(
            ([identity, check]) => !named.has(identity) && selected.has(check.flag) && isInScope(state, check, selection),
          );
    counts.removed = removed.length;
    if (removed.length > 0) await deleteRows(manager, 'checks', removed.map(([, { id }]) => ({ id }))); // prettier-ignore
    if (inserted.length > 0) await insertRows(manager, 'checks', inserted);
    if (updated.length > 0) await updateRows(manager, 'checks', updated);
    return counts;
  }
}

function itemOf({ flag, name, environment, context, variant }: SavedCheck): CheckItem {
  return { flag, name, environment, context, variant };
}

function isInScope(state: State, { environment }: CheckItem, { environments }: StatesSelection): boolean {
  if (environments === undefined || environment === null) return true;
  return environments.some((name) => slugNamed(state, name) === environment);
}

function checkPlace(
  state: State,
  { flag: key, environment: slug, variant }: CheckItem,
  index: number,
): { flag: Flag; environment: Environment | null } {
  const at = `/checks/${String(index)}`;
  const refuse = (pointer: string, code: string, detail: string) =>
    new Unprocessable(
      'import-does-not-fit',
      'A check of the document does not fit what is stored here: see errors. Nothing was changed.',
      [{ pointer, code, detail }],
    );
  const flag = flagByKey(state, key);
  if (!flag) throw refuse(`${at}/flag`, 'flag-not-found', `There is no flag "${key}", neither here nor in the document.`);
  const environment = slug === null ? null : environmentNamed(state, slug);
  if (environment === undefined)
    throw refuse(
      `${at}/environment`,
      'environment-not-found',
      `There is no environment "${String(slug)}", neither here nor in the document.`,
    );
  const variants = [flag, ...(state.overrides.get(flag.id)?.values() ?? [])].flatMap((thing) => thing.variants ?? []);
  if (variant !== null && !variants.some((one) => one.key === variant))
    throw refuse(`${at}/variant`, 'unknown-variant', `"${key}" has no variant "${variant}" anywhere.`);
  return { flag, environment };
}
