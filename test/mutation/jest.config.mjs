import config from '../../jest.config.mjs';
import { HELD_BY } from './held-by.mjs';

const [{ displayName: _, ...unit }] = config.projects;

/** The specs that hold the mutated file, with fewer runs of each property: a mutant that needs hundreds of them counts as a survivor. */
export default {
  ...unit,
  rootDir: '../..',
  testMatch: HELD_BY[process.env.MUTATED].map((spec) => `<rootDir>/src/engine/${spec}.spec.ts`),
  setupFiles: ['<rootDir>/test/mutation/few-runs.mjs'],
  testTimeout: config.testTimeout,
};
