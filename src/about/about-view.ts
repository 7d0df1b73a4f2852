import type { State } from '@flagtree/engine';
import type { Caller } from '../access/identity/caller.js';
import type { Config } from '../platform/config/config.js';
import type { Readiness } from '../platform/health/readiness-registry.js';
import type { ServerDto, WhoamiDto } from './about.dto.js';

export function whoamiView(caller: Caller, state: State): WhoamiDto {
  const { publicId, name, kind, role, includeDescendants, flagTags, expiresAt, createdAt } = caller.token;
  return {
    ...{ id: publicId, name, kind, role, environments: caller.scope(state), includeDescendants, flagTags, expiresAt, createdAt },
    actor: caller.actor,
  };
}

interface Known {
  version: string;
  config: Config;
  state: State;
  checks: Readonly<Record<string, Readiness>>;
  now: Date;
}

/** No address of the database, no path, no secret: only what a caller can use. */
export function serverView({ version, config, state, checks, now }: Known): ServerDto {
  const { environment, database, streams, bodyLimitBytes, importLimitBytes, publicUrl } = config;
  const archived = [...state.flags.values()].filter(({ archivedAt }) => archivedAt !== null).length;
  return {
    version,
    node: process.version,
    time: now.toISOString(),
    revision: state.revision,
    counts: {
      environments: state.environments.size,
      flags: state.flags.size - archived,
      archivedFlags: archived,
      segments: state.segments.size,
    },
    environment: {
      default: environment.default,
      inheritance: environment.inheritance,
      detection: environment.detection,
      header: environment.header,
      queryParam: environment.queryParam,
      allowed: environment.allowed === null ? null : [...environment.allowed],
    },
    limits: {
      bodyBytes: bodyLimitBytes,
      importBytes: importLimitBytes,
      streams: streams.limit,
      streamsPerToken: streams.limitPerToken,
      sizes: { ...config.sizes },
    },
    database: { kind: database.url === null ? 'private' : 'external', status: checks['database']?.status ?? 'up' },
    publicUrl,
  };
}
