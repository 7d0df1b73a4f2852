import { type Environment, environmentBySlug, type State } from '@flagtree/engine';
import { requireEnvironment } from './environment-view.js';

/** What runbooks call the environments that an empty database starts with. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  dev: 'development',
  stage: 'staging',
  stg: 'staging',
  prod: 'production',
};

/** The environment of this slug; where there is none, the one that it is the usual short name of. @throws {NotFound} */
export function environmentNamed(state: State, name: string): Environment {
  return environmentCalled(state, name) ?? requireEnvironment(state, name);
}

export function environmentCalled(state: State, name: string): Environment | undefined {
  const long = SHORT_NAMES[name];
  return environmentBySlug(state, name) ?? (long === undefined ? undefined : environmentBySlug(state, long));
}
