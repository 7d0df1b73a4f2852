import { buildState, compileEnvironment, environmentBySlug, evaluate, type Evaluation } from '@flagtree/engine';
import { goldenContexts } from './contexts.js';
import { CHAIN, environments, flags, NOW, overrides, segments } from './flags.js';

export const CONTEXTS = 250;

/** Of one flag: the different answers that it gives, and, context by context, which of them (a letter each, `A` the first). */
export interface FlagVectors {
  answers: string[];
  given: string;
}

/** What every flag answers to every context; contexts take turns in the environments of a chain. */
export function goldenVectors(): Record<string, FlagVectors> {
  const named = environments.map((environment) => ({ aliases: [], url: null, ...environment }));
  const state = buildState({ revision: 1, environments: named, flags, overrides, segments });
  const snapshots = CHAIN.map((slug) => {
    const environment = environmentBySlug(state, slug);
    if (!environment) throw new Error(`there is no environment ${slug}`);
    return compileEnvironment(state, environment);
  });
  const contexts = goldenContexts(CONTEXTS);
  return Object.fromEntries(
    flags.map(({ key }) => {
      const answers = contexts.map((context, i) => textOf(evaluate(snapshots[i % 3]!, key, context, NOW)));
      const different = [...new Set(answers)];
      return [
        key,
        { answers: different, given: answers.map((answer) => String.fromCharCode(65 + different.indexOf(answer))).join('') },
      ];
    }),
  );
}

/** The wording of an error may change; everything else may not. */
function textOf(evaluation: Evaluation): string {
  if (!evaluation.ok) return evaluation.errorCode;
  const { reason, variant, value } = evaluation;
  return variant === undefined ? reason : `${reason} ${variant} ${JSON.stringify(value)}`;
}
