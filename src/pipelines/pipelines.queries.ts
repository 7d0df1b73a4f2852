import type { EntityManager } from 'typeorm';
import type { GateSetting } from './gate-settings.js';

export const DIRECTIONS = ['any', 'forward', 'next-step'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface Step {
  environment: string;
  gates: GateSetting[];
}

/** Ordered environments, and what must hold before a flag enters each. */
export interface Pipeline {
  name: string;
  description: string | null;
  direction: Direction;
  steps: Step[];
  createdAt: string;
  updatedAt: string;
  version: number;
  id: string;
}

interface PipelineRow extends Omit<Pipeline, 'createdAt' | 'updatedAt'> {
  created_at: Date;
  updated_at: Date;
}

/** All pipelines, by name. */
export async function storedPipelines(manager: EntityManager): Promise<Pipeline[]> {
  const rows = await manager.query<PipelineRow[]>(
    `SELECT pipeline.name, pipeline.description, pipeline.direction, pipeline.steps, pipeline.created_at, pipeline.updated_at,
            pipeline.version, pipeline.id
       FROM flagtree.pipelines AS pipeline
      ORDER BY pipeline.name`,
  );
  return rows.map(({ created_at: createdAt, updated_at: updatedAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
}
