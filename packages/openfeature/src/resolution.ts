import type { AnyFlags, Context, Details, FlagReader } from '@flagtree/client';
import { ErrorCode, type FlagMetadata, type JsonValue, type ResolutionDetails } from '@openfeature/server-sdk';

export type Wanted = 'boolean' | 'string' | 'number' | 'object';

/** What a flag is, in OpenFeature's words. It never throws. */
export function resolutionOf<T extends JsonValue>(
  reader: FlagReader<AnyFlags> | null,
  wanted: Wanted,
  key: string,
  fallback: T,
  context: Context | null,
): ResolutionDetails<T> {
  if (reader === null) return refusal(fallback, ErrorCode.PROVIDER_NOT_READY, 'The provider is closed.');
  if (context === null)
    return refusal(
      fallback,
      ErrorCode.INVALID_CONTEXT,
      'The context cannot be read: it is cyclic, or one of its members throws.',
    );
  const details = reader.details<T>(key, fallback, context);
  const { value, variant, reason, errorCode, errorMessage } = details;
  const flagMetadata = metadataOf(details);
  if (errorCode === undefined && details.source !== 'default' && !isWanted(value, wanted)) {
    const message = `The flag "${key}" is not of the type "${wanted}"`;
    return { ...refusal(fallback, ErrorCode.TYPE_MISMATCH, message), flagMetadata };
  }
  return {
    value,
    reason,
    flagMetadata,
    ...(variant !== null && { variant }),
    ...(errorCode && { errorCode: ErrorCode[errorCode] }),
    ...(errorMessage && { errorMessage }),
  };
}

/** What OFREP says of the same answer, and whether somebody has overridden it in this process. */
function metadataOf({ environment, revision, inheritedFrom, source }: Details<unknown>): FlagMetadata {
  return {
    ...(environment !== null && { flagSetId: environment }),
    ...(revision !== null && { version: String(revision) }),
    ...(inheritedFrom !== null && { inheritedFrom }),
    source,
  };
}

function refusal<T>(value: T, errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> {
  return { value, reason: 'ERROR', errorCode, errorMessage };
}

const isWanted = (value: unknown, wanted: Wanted): boolean => value !== null && typeof value === wanted;
