import { environmentNamed, type State } from '@flagtree/engine';
import type { Config } from '../../platform/config/config.js';
import type { Readiness } from '../../platform/health/readiness-registry.js';
import { AllowedEnvironments } from './allowed-environments.js';

const SHOWN = 20;

/** Settings that name an environment which is not there. Requests of the others are served: the server goes on, and says so. */
export function settingsReadiness(state: State, settings: Pick<Config['environment'], 'default' | 'allowed'>): Readiness {
  const complaints = [...defaultComplaints(state, settings), ...allowedComplaints(state, settings.allowed)];
  if (complaints.length === 0) return { status: 'up' };
  return { status: 'degraded', detail: `${complaints.join(' ')} ${whatExists(state)}` };
}

function defaultComplaints(state: State, settings: Pick<Config['environment'], 'default' | 'allowed'>): string[] {
  const says = `FLAGTREE_DEFAULT_ENVIRONMENT is "${settings.default}"`;
  if (!environmentNamed(state, settings.default))
    return [`${says}, which names no environment: requests that name none are refused.`];
  if (new AllowedEnvironments(settings.allowed).has(state, settings.default)) return [];
  return [`${says}, which FLAGTREE_ALLOWED_ENVIRONMENTS does not hold: it is served, to requests that name none or another one.`];
}

function allowedComplaints(state: State, allowed: ReadonlySet<string> | null): string[] {
  const unknown = [...(allowed ?? [])].filter((name) => !environmentNamed(state, name));
  if (unknown.length === 0) return [];
  const which = unknown.length === 1 ? 'names no environment' : 'name no environments';
  return [`FLAGTREE_ALLOWED_ENVIRONMENTS holds ${listed(unknown)}, which ${which}.`];
}

function whatExists(state: State): string {
  const slugs = [...state.environments.values()].map(({ slug }) => slug).sort();
  return slugs.length === 0 ? 'There is no environment yet.' : `There are ${listed(slugs)}.`;
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
}
