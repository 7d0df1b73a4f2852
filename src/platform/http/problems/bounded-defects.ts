import type { Defect, ResolvedDefect } from '@flagtree/engine';

/** A refusal shows this many defects. */
export const SHOWN_DEFECTS = 100;

/** A defect of a resolved flag. `environments`: how many have the same one, of which `environment` is the first. */
export interface BrokenField extends Defect {
  environment: string;
  flag: string;
  field: string;
  environments?: number;
}

export interface BoundedDefects {
  errors: BrokenField[];
  /** Where not all are shown: how many fields are broken, counted in each environment, and how many different defects that are. */
  counts: ErrorCounts & { differentErrors?: number };
}

/** In a problem document beside `errors` that are not all there are. */
export type ErrorCounts = {
  errorCount?: number;
  /** How to see the others, for people. */
  more?: string;
};

/** The first defects of a request, with the members that say how many there are. */
export function firstDefects<T extends Defect>(defects: readonly T[]): [errors: T[], counts: ErrorCounts] {
  return [
    defects.slice(0, SHOWN_DEFECTS),
    defects.length > SHOWN_DEFECTS ? { errorCount: defects.length, more: MEND_FIRST } : {},
  ];
}

/** How to see defects that a refusal does not show. */
export const MEND_FIRST = 'Mend these and send the request again: it then says the next ones. A dry run changes nothing.';

/** Each broken (environment, flag, field); where these are very many, each defect once, and only the first ones. */
export function boundedDefects(defects: readonly ResolvedDefect[]): BoundedDefects {
  if (defects.length <= SHOWN_DEFECTS) return { errors: defects.map(brokenField), counts: {} };
  const different = new Map<string, { first: ResolvedDefect; environments: number }>();
  for (const defect of defects) {
    const identity = JSON.stringify([defect.flag, defect.field, defect.code, defect.detail]);
    const known = different.get(identity);
    if (known) known.environments++;
    else different.set(identity, { first: defect, environments: 1 });
  }
  const errors = [...different.values()]
    .slice(0, SHOWN_DEFECTS)
    .map(({ first, environments }) => ({ ...brokenField(first), environments }));
  const more = different.size > SHOWN_DEFECTS ? { more: MEND_FIRST } : {};
  return { errors, counts: { errorCount: defects.length, differentErrors: different.size, ...more } };
}

function brokenField({ environment, flag, field, code, detail, at = '' }: ResolvedDefect): BrokenField {
  return { pointer: `/${field}${at}`, code, detail, environment, flag, field };
}
