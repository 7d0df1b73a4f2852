/**
 * What of an error goes to the log. Chosen by name, because errors of the database also carry the statement's parameters and the row's
 * values, and these may be personal data or secrets.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint, table } = { ...driverError(error), ...error } as Readonly<Record<string, unknown>>;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint === 'string' && { constraint }),
    ...(typeof table === 'string' && { table }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

function driverError(error: Error): object | null {
  const { driverError: inner } = error as { driverError?: unknown };
  return inner instanceof Error ? inner : null;
}
