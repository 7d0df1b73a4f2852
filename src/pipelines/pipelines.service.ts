import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Change } from '../audit/change/change.js';
import { environmentNamed, slugNamed } from '@flagtree/engine';
import { NotFound, Unprocessable } from '../platform/http/problems/problem.js';
import type { PutPipelineDto } from './pipeline.dto.js';
import { PipelineEntity } from './pipeline.entity.js';
import { type Pipeline, storedPipelines } from './pipelines.queries.js';

@Injectable()
export class PipelinesService {
  constructor(private readonly dataSource: DataSource) {}

  /** By name. */
  all(manager: EntityManager = this.dataSource.manager): Promise<Pipeline[]> {
    return storedPipelines(manager);
  }

  /** @throws {NotFound} */
  async require(name: string, manager?: EntityManager): Promise<Pipeline> {
    const pipeline = (await this.all(manager)).find((one) => one.name === name);
    if (pipeline) return pipeline;
    throw new NotFound('pipeline-not-found', `There is no pipeline "${name}": see GET /api/admin/pipelines for those there are.`);
  }

  /** Makes the pipeline exactly this; says whether it was there before. Who may write all its environments, and did, may do so. */
  async put(change: Change, name: string, dto: PutPipelineDto): Promise<boolean> {
    const steps = dto.steps.map(({ environment, gates = [] }) => ({ environment: slugNamed(change.state, environment), gates }));
    const unknown = steps.flatMap(({ environment }, index) =>
      environmentNamed(change.state, environment)
        ? []
        : [
            {
              pointer: `/steps/${String(index)}/environment`,
              code: 'environment-not-found',
              detail: `There is no environment "${environment}".`,
            },
          ],
    );
    if (unknown.length > 0)
      throw new Unprocessable('unknown-step', 'A step names an environment that does not exist: see errors.', unknown);
    assertDifferent(steps.map(({ environment }) => environment));
    const known = (await this.all(change.manager)).find((one) => one.name === name);
    if (known) change.assertUnchanged(known);
    else change.assertNoneSeen();
    const columns = {
      description: dto.description ?? null,
      direction: dto.direction ?? 'any',
      with_values: dto.with ?? 'restricted',
      steps,
    };
    if (known) await change.manager.update(PipelineEntity, { id: known.id }, columns);
    else await change.manager.insert(PipelineEntity, { ...columns, name });
    await change.sync();
    return known !== undefined;
  }

  async delete(change: Change, name: string): Promise<void> {
    const pipeline = await this.require(name, change.manager);
    change.assertUnchanged(pipeline);
    await change.manager.delete(PipelineEntity, { id: pipeline.id });
    await change.sync();
  }
}

/** Two names of one environment are one step. @throws {Unprocessable} */
function assertDifferent(slugs: readonly string[]): void {
  const index = slugs.findIndex((slug, place) => slugs.indexOf(slug) < place);
  if (index < 0) return;
  const detail = `"${String(slugs[index])}" is a step already.`;
  throw new Unprocessable('step-twice', `${detail} Each environment is one step of a pipeline.`, [
    { pointer: `/steps/${String(index)}/environment`, code: 'duplicate', detail },
  ]);
}
