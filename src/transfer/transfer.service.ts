import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangesService, withBesides } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { StateStore } from '../audit/follow/state-store.js';
import { writeEntries } from '../audit/change/write-entries.js';
import { type WriteRequest, writesBesides } from '../audit/change/write-request.js';
import { type Defect, type JsonObject, selectionDefects, type State } from '@flagtree/engine';
import {
  CORE_SECTIONS,
  type CoreSection,
  documentSchema,
  slicedExport,
  flagsToExport,
  type OtherSections,
  type StatesDocument,
  type StatesSelection,
} from '@flagtree/engine/states';
import { requireEnvironment } from '../environments/environment-view.js';
import type { JobDto } from '../jobs/job.dto.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { RunningJob } from '../jobs/running-job.js';
import { ok, Written } from '../platform/http/management/answer.js';
import { boundedEffect } from '../platform/http/management/bounded-effect.js';
import { switchOf } from '../platform/http/management/parameters/query-switch.js';
import { assertNamesNoVersion } from '../platform/http/management/etag.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { Invalid, Unprocessable } from '../platform/http/problems/problem.js';
import { endOfPipelines, leavePipelinesToTheEnd, openForLong } from './import.queries.js';
import { noCounts, type SectionCounts } from './plan/plan.js';
import type { ImportOptions } from './plan/import-options.js';
import { type ImportPlan, slicedImport } from './plan/plan-import.js';
import type { ImportReading, ImportSource } from './document/import-source.js';
import { pointingIntoBody } from './document/pointers-into-body.js';
import { readDocument } from './document/read-document.js';
import { patiently } from './retry-while-busy.js';
import type { ExportQuery, ImportResultDto } from './transfer.dto.js';
import { TransferSections } from './transfer-sections.js';

/** Whole states out of and into this server. An import is planned from memory and checked before it locks anything; its transaction only writes. */
@Injectable()
export class TransferService {
  constructor(
    private readonly changes: ChangesService,
    private readonly store: StateStore,
    private readonly sections: TransferSections,
    private readonly jobs: JobsService,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  async export({ flags, tags, environments: names, sections, ...query }: ExportQuery): Promise<object> {
    const archived = switchOf(query.archived, 'archived');
    const wanted = this.sectionsNamed(sections);
    const state = await this.store.current();
    const environments = names && [...new Set(names.map((name) => requireEnvironment(state, name).slug))];
    const selection: StatesSelection = { ...(flags && { flags }), ...(tags && { tags }), ...(environments && { environments }) };
    const defects = selectionDefects(state, selection).filter(({ code }) => code === 'flag-not-found' || !archived);
    if (defects.length > 0)
      throw new Unprocessable(
        'flag-not-found',
        'Some of the flags are not there: see errors.',
        defects.map((defect) => ({ ...defect, pointer: '?flags' })),
      );
    const core = CORE_SECTIONS.filter((name) => wanted.has(name));
    const document: Record<string, unknown> = {
      ...(await runInSlices(slicedExport(state, { selection, sections: new Set<CoreSection>(core), archived }))),
    };
    const exported = flagsToExport(state, selection, archived);
    for (const section of this.sections.all) {
      const items = wanted.has(section.name) ? await section.export(this.dataSource.manager, state, selection, exported) : null;
      if (items) document[section.name] = items;
    }
    return document;
  }

  schema(): object {
    return documentSchema(this.sections.items);
  }

  /** A document of states as it was sent. */
  async documentOf(body: unknown): Promise<ImportSource> {
    const reading = { document: await readDocument(body, this.sections.checks) };
    return { at: () => Promise.resolve(reading) };
  }

  /** Something else, which `read` makes a document of states. */
  madeBy(read: (state: State) => Omit<ImportReading, 'document'> & { states: unknown }): ImportSource {
    const at = async (state: State): Promise<ImportReading> => {
      const { states, ...rest } = read(state);
      try {
        return { ...rest, document: await readDocument(states, this.sections.checks) };
      } catch (error) {
        throw pointingIntoBody(error, { ...rest, document: {} as StatesDocument }, state);
      }
    };
    return { at };
  }

  import(write: WriteRequest, source: ImportSource, options: ImportOptions): Promise<Written> {
    return this.run(write, source, options, null);
  }

  /** Refuses at once what can be seen at once; the rest is told by the job. */
  async importLater(write: WriteRequest, source: ImportSource, options: ImportOptions): Promise<JobDto> {
    await source.at(await this.store.current());
    const { mode, force } = options;
    return this.jobs.start('import', write.caller, { mode, force, dryRun: write.dryRun, reason: write.reason }, async (job) => {
      await patiently(job, () => this.run(write, source, options, job));
    });
  }

  private async run(write: WriteRequest, source: ImportSource, options: ImportOptions, job: RunningJob | null): Promise<Written> {
    assertNamesNoVersion(write, 'look at a dry run instead');
    const replayed = await this.changes.replayed(write);
    if (replayed) return this.told(job, replayed);
    job?.tell('checking');
    await breathe();
    const state = await this.store.current();
    const reading = await source.at(state);
    try {
      return await this.carryOut(write, { source, reading, state }, options, job);
    } catch (error) {
      throw pointingIntoBody(error, reading, state);
    }
  }

  private async carryOut(
    write: WriteRequest,
    { source, ...met }: { source: ImportSource; reading: ImportReading; state: State },
    options: ImportOptions,
    job: RunningJob | null,
  ): Promise<Written> {
    let { reading } = met;
    let plan = await runInSlices(slicedImport(met.state, reading.document, options));
    await breathe();
    const foreseen = write.keep === null ? await this.changes.foresee(write, plan.before, plan.entries) : null;
    await breathe();
    const others = this.othersIn(reading.document);
    const takesEnvironments = plan.entries.some(({ table, after }) => table === 'environments' && after === null);
    // Other tables may refer to what goes: only the database knows.
    if (foreseen && write.dryRun && !writesBesides(write) && others.length === 0 && !takesEnvironments) {
      const { revision } = plan.before;
      return this.told(
        job,
        new Written(
          withBesides(ok(resultOf(plan, {}, options, revision, reading)), foreseen.besides),
          revision,
          foreseen.effect,
          'dry-run',
        ),
      );
    }
    let counts: Record<string, SectionCounts> = {};
    const written = await this.changes.change(write, {
      apply: async (change) => {
        await openForLong(change.manager);
        await change.causedBy(`import:${write.requestId}`);
        await leavePipelinesToTheEnd(change.manager);
        if (change.state !== plan.before) {
          reading = await source.at(change.state);
          plan = await runInSlices(slicedImport(change.state, reading.document, options));
        }
        const total = plan.entries.length;
        if (total > 0) await writeEntries(change, plan.entries, (written) => job?.tell('writing', written, total));
        counts = await this.importOthers(change, others, reading.document, options);
        await endOfPipelines(change.manager);
        job?.tell('committing', total, total);
      },
      answer: ({ state }) => ok(resultOf(plan, counts, options, state.revision, reading)),
      record: async ({ manager, state }, { body, besides }) => job?.succeed(manager, state.revision, { ...body, ...besides }),
    });
    return this.told(job, written);
  }

  /** What was committed has said so itself, in its own transaction. */
  private async told(job: RunningJob | null, written: Written): Promise<Written> {
    const { answer, revision, effect, outcome } = written;
    if (outcome === 'dry-run')
      await job?.succeed(this.dataSource.manager, revision, {
        dryRun: true,
        revision,
        ...boundedEffect(effect, null),
        preview: answer.body,
        ...answer.besides,
      });
    if (outcome === 'replayed') await job?.succeed(this.dataSource.manager, revision, { ...answer.body, ...answer.besides });
    return written;
  }

  private othersIn(document: StatesDocument) {
    const given = document as unknown as OtherSections;
    return this.sections.all.filter(({ name }) => given[name] !== undefined);
  }

  private async importOthers(
    change: Change,
    others: TransferSections['all'],
    document: StatesDocument,
    { mode }: ImportOptions,
  ): Promise<Record<string, SectionCounts>> {
    const counts: Record<string, SectionCounts> = {};
    for (const section of others) {
      const items = (document as unknown as OtherSections)[section.name] as JsonObject[];
      counts[section.name] = await section.import(change, items, { mode, selection: document.selection ?? {} });
    }
    return counts;
  }

  private sectionsNamed(names: readonly string[] | undefined): Set<string> {
    const known = [...CORE_SECTIONS, ...this.sections.all.map(({ name }) => name)];
    const defects = (names ?? []).flatMap((name): Defect[] =>
      known.includes(name)
        ? []
        : [
            {
              pointer: '?sections',
              code: 'unknown-section',
              detail: `There is no section "${name}": there are ${known.join(', ')}.`,
            },
          ],
    );
    if (defects.length > 0) throw new Invalid('invalid-request', 'Some of the sections do not exist: see errors.', defects);
    return new Set(names ?? known);
  }
}

function resultOf(
  { counts, entries }: ImportPlan,
  others: Record<string, SectionCounts>,
  { mode }: ImportOptions,
  revision: number,
  { unchanged = {}, said = {} }: ImportReading,
): ImportResultDto {
  const sections: Record<string, SectionCounts> = { ...counts, ...others };
  for (const [name, count] of Object.entries(unchanged)) {
    const { unchanged: known, ...rest } = sections[name] ?? noCounts();
    if (count > 0 || sections[name]) sections[name] = { ...rest, unchanged: known + count };
  }
  const otherRows = Object.values(others).reduce((sum, { created, updated, removed }) => sum + created + updated + removed, 0);
  return { mode, revision, written: entries.length + otherRows, sections, ...said };
}
