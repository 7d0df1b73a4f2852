import type { EntityManager } from 'typeorm';
import type { GateSetting } from './gate-settings.js';

export const DIRECTIONS = ['any', 'forward', 'next-step'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Which values may stand for the source's in a gated step: a percentage and `enabled: false`, or every one. */
export const GIVEN_VALUES = ['restricted', 'any'] as const;
export type GivenValues = (typeof GIVEN_VALUES)[number];

export interface PipelineStep {
  environment: string;
  gates: GateSetting[];
}

/** Ordered environments, and what must hold before a flag enters each. */
export interface Pipeline {
  name: string;
  description: string | null;
  direction: Direction;
  with: GivenValues;
  steps: PipelineStep[];
  createdAt: string;
  updatedAt: string;
  version: number;
  id: string;
}

interface PipelineRow extends Omit<Pipeline, 'with' | 'createdAt' | 'updatedAt'> {
  with_values: GivenValues;
  created_at: Date;
  updated_at: Date;
}

/** All pipelines, by name. */
export async function storedPipelines(manager: EntityManager): Promise<Pipeline[]> {
  const rows = await manager.query<PipelineRow[]>(
    `SELECT pipeline.name, pipeline.description, pipeline.direction, pipeline.with_values, pipeline.steps, pipeline.created_at, pipeline.updated_at,
            pipeline.version, pipeline.id
       FROM flagtree.pipelines AS pipeline
      ORDER BY pipeline.name`,
  );
  return rows.map(({ created_at, updated_at, with_values, name, description, direction, ...row }) => ({
    ...{ name, description, direction, with: with_values },
    ...row,
    createdAt: created_at.toISOString(),
    updatedAt: updated_at.toISOString(),
  }));
}
