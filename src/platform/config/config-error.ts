/** Why the server does not start, for its operator: printed line by line, without a stack. It may well start later: exit code 1. */
export class StartError extends Error {
  override readonly name: string = 'StartError';
  readonly exitCode: number = 1;

  constructor(
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(problems.join('\n'), options);
  }
}

/** Something that the operator must put right before a start can succeed: exit code 78 (EX_CONFIG). */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError';
  override readonly exitCode = 78;
}
