import type { OpenAPIObject } from '@nestjs/swagger';
import { schemasOf } from './each.js';

const REF = '#/components/schemas/';

/** Where the rule below would not give the word that people use. */
const NAMES: Record<string, string> = {
  EnvironmentFlagDto: 'Override',
  EnvironmentFlagPageDto: 'OverridePage',
  OverrideDto: 'OverrideValues',
  OverrideInDto: 'OverrideEditInEnvironment',
  NewTokenDto: 'IssuedToken',
  PromoteDto: 'PromotionRequest',
  PromoteManyDto: 'PromotionOfManyRequest',
  RevertDto: 'RevertRequest',
  BulkDto: 'BulkRequest',
  StepDto: 'PipelineStep',
  GateDto: 'GateOutcome',
  LeftDto: 'LeftAsItIs',
  ServedDto: 'ServedVariant',
  BranchDto: 'DecidingBranch',
};

/** The name of a schema for whoever generates a client: the class without its role in this server. */
export function publicNameOf(className: string): string {
  const known = NAMES[className];
  if (known !== undefined) return known;
  const bare = className.replace(/Dto$/, '');
  return bare.replace(/^Create(?=[A-Z])/, 'New').replace(/^(?:Update|Put)([A-Z].*)$/, '$1Edit');
}

/** Gives each schema its public name, wherever the document refers to it, and leaves out those that nothing refers to. */
export function withPublicNames(document: OpenAPIObject): OpenAPIObject {
  const used = referredTo(document);
  const names = new Map(schemasOf(document).map(([name]) => [name, publicNameOf(name)]));
  if (new Set(names.values()).size < names.size)
    throw new Error(`Two schemas have one public name: ${[...names.values()].join(', ')}`);
  const renamed = renameRefs(document, names) as OpenAPIObject;
  const schemas = schemasOf(renamed).filter(([name]) => used.has(name));
  return {
    ...renamed,
    components: {
      ...renamed.components,
      schemas: Object.fromEntries(schemas.map(([name, schema]) => [names.get(name) ?? name, schema])),
    },
  };
}

function referredTo({ paths, components }: OpenAPIObject): Set<string> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { $ref } = value as { $ref?: unknown };
    if (typeof $ref === 'string' && $ref.startsWith(REF) && !found.has($ref.slice(REF.length))) {
      found.add($ref.slice(REF.length));
      look(components?.schemas?.[$ref.slice(REF.length)]);
    }
    Object.values(value).forEach(look);
  };
  look(paths);
  return found;
}

function renameRefs(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => renameRefs(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => {
      if (key !== '$ref' || typeof member !== 'string') return [key, renameRefs(member, names)];
      const name = member.slice(REF.length);
      return [key, REF + (names.get(name) ?? name)];
    }),
  );
}
