import { environmentOf, evaluatorOf, flagOf, overrideOf, snapshotOf } from './peers/flagtree.mjs';
import { formatTime, measureInTurns, oneAfterAnother } from './measure.mjs';
import { ONE_FLAG } from './workloads.mjs';

/** The same flag evaluated in a root and at the end of a chain of four, where three ancestors and the environment set a field each. */
export async function runChainDepth(options) {
  const { flag, users } = ONE_FLAG.find(({ name }) => name === 'W3');
  const slugs = ['root', 'second', 'third', 'fourth'];
  const environments = slugs.map((slug, depth) => environmentOf(slug, slugs[depth - 1] ?? null));
  const { rules, enabled } = flagOf(flag);
  const overrides = [
    overrideOf('root', flag.key, { enabled }),
    overrideOf('second', flag.key, { rules: rules.slice(0, 4) }),
    overrideOf('third', flag.key, { percentage: 100 }),
    overrideOf('fourth', flag.key, { rules: rules.slice(4), rulesMode: 'append' }),
  ];
  const runner = (slug) => {
    const { one, contextOf } = evaluatorOf(snapshotOf({ environments, flags: [flagOf(flag)], overrides }, slug));
    const contexts = users.map(contextOf);
    return {
      name: slug,
      run: oneAfterAnother(one, flag.key, contexts),
      answers: contexts.map((context) => one(flag.key, context)),
    };
  };
  const [root, fourth] = [runner('root'), runner('fourth')];
  if (root.answers.join() !== fourth.answers.join()) throw new Error('The root and the fourth environment answer differently.');
  const times = await measureInTurns([root, fourth], { ...options, rounds: 15 });
  const ratio = times.get('fourth').median / times.get('root').median;
  console.log(
    `\nChain of four beside a root: ${formatTime(times.get('fourth').median)} / ${formatTime(times.get('root').median)} = ${ratio.toFixed(3)}`,
  );
  return ratio;
}
