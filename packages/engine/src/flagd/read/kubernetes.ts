import { isPlainObject } from '../../json/values.js';

/** The definitions of a `FeatureFlag` resource of Kubernetes, and where they stand in it; anything else is itself. */
export function definitionsIn(document: unknown): { definitions: unknown; at: string } {
  if (!isPlainObject(document) || document['kind'] !== 'FeatureFlag') return { definitions: document, at: '' };
  const spec = document['spec'];
  const flagSpec = isPlainObject(spec) ? spec['flagSpec'] : undefined;
  return isPlainObject(flagSpec) ? { definitions: flagSpec, at: '/spec/flagSpec' } : { definitions: document, at: '' };
}
