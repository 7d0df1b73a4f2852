import type { FlagField } from '../types.js';

/** A field that a plan cannot give an environment, and why. */
export interface Obstacle {
  environment: string;
  flag: string;
  field: FlagField;
  detail: string;
}
