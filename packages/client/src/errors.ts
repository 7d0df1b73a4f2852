/** What `createClient` was given cannot work: `defects` has everything that is wrong with it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly defects: readonly string[]) {
    super(`The Flagtree client cannot be made:\n${defects.map((defect) => `- ${defect}`).join('\n')}`);
  }
}

/** What `ready({ required: true })` is rejected with when there is no data. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}
