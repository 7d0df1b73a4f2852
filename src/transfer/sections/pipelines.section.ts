import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Change } from '../../audit/change/change.js';
import { deepEqual, type Defect, type JsonObject, slugNamed, type State } from '@flagtree/engine';
import { matching, type Member, membersDefects, oneOf, orNull, type StatesSelection, text } from '@flagtree/engine/states';
import { validateSteps } from '../../pipelines/gate-settings.js';
import { PIPELINE_NAME, type PutPipelineDto } from '../../pipelines/pipeline.dto.js';
import { DIRECTIONS, GIVEN_VALUES, type Pipeline } from '../../pipelines/pipelines.queries.js';
import { PipelinesService } from '../../pipelines/pipelines.service.js';
import { noCounts, type SectionCounts } from '../plan/plan.js';
import { type SectionScope, type TransferSection, TransferSections } from '../transfer-sections.js';

const MEMBERS: Record<string, Member> = {
  name: { check: matching(PIPELINE_NAME, 'the name of a pipeline'), schema: { type: 'string', pattern: PIPELINE_NAME.source } },
  description: {
    check: orNull(text(0, 4_000)),
    fallback: null,
    schema: { anyOf: [{ type: 'string', maxLength: 4_000 }, { type: 'null' }] },
  },
  direction: { check: oneOf(DIRECTIONS), fallback: 'any', schema: { enum: DIRECTIONS } },
  with: { check: oneOf(GIVEN_VALUES), fallback: 'restricted', schema: { enum: GIVEN_VALUES } },
  steps: {
    check: validateSteps,
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['environment'],
        properties: { environment: { type: 'string' }, gates: { type: 'array', items: { type: 'object', required: ['gate'] } } },
      },
    },
  },
};

/** The pipelines. They span environments and all flags, so a document that selects some of these does not speak of them. */
@Injectable()
export class PipelinesSection implements TransferSection, OnModuleInit {
  readonly name = 'pipelines';
  readonly item = {
    type: 'object',
    required: ['name', 'steps'],
    properties: Object.fromEntries(Object.entries(MEMBERS).map(([name, { schema }]) => [name, schema])),
    additionalProperties: false,
  };

  constructor(
    private readonly sections: TransferSections,
    private readonly pipelines: PipelinesService,
  ) {}

  onModuleInit(): void {
    this.sections.register(this);
  }

  async export(manager: EntityManager, _state: State, selection: StatesSelection): Promise<JsonObject[] | null> {
    if (Object.keys(selection).length > 0) return null;
    return (await this.pipelines.all(manager)).map((pipeline) => itemOf(pipeline) as unknown as JsonObject);
  }

  check(items: unknown[]): Defect[] {
    return membersDefects(items, MEMBERS, ({ name }) => String(name));
  }

  async import(change: Change, items: JsonObject[], { mode, selection }: SectionScope): Promise<SectionCounts> {
    const counts = noCounts();
    const known = new Map((await this.pipelines.all(change.manager)).map((pipeline) => [pipeline.name, pipeline]));
    for (const given of items) {
      const item = { description: null, direction: 'any', with: 'restricted', ...given } as unknown as PutPipelineDto & {
        name: string;
      };
      const wanted = {
        ...item,
        steps: item.steps.map(({ environment, gates = [] }) => ({ environment: slugNamed(change.state, environment), gates })),
      };
      const existing = known.get(item.name);
      if (existing && deepEqual(itemOf(existing), wanted)) counts.unchanged++;
      else {
        await this.pipelines.put(change, item.name, wanted);
        if (existing) counts.updated++;
        else counts.created++;
      }
    }
    const named = new Set(items.map(({ name }) => name));
    const removed =
      mode === 'merge' || Object.keys(selection).length > 0 ? [] : [...known.keys()].filter((name) => !named.has(name));
    for (const name of removed) await this.pipelines.delete(change, name);
    return { ...counts, removed: removed.length };
  }
}

type Item = Pick<Pipeline, 'name' | 'description' | 'direction' | 'with' | 'steps'>;

function itemOf({ name, description, direction, with: values, steps }: Pipeline): Item {
  return { name, description, direction, with: values, steps };
}
