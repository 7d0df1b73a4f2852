import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator, type Pickle } from '@cucumber/messages';
import { conformance, filesIn, notApplicable, readJson } from './conformance-data.js';
import { type Details, FlagdEvaluator, type FlagType } from './flagd-evaluator.js';

const REASON_OF_RULES =
  'the value is as expected; the reason of a flag without rules is STATIC here, whether or not it has a value';

function inapplicable({ tags, name, steps }: Pickle): string | undefined {
  if (tags.some((tag) => tag.name === '@fractional-v1')) return 'the bucketing that @fractional-v2 has replaced';
  if (tags.some((tag) => tag.name === '@metadata') && name === 'Returns flag metadata')
    return 'a flag keeps no metadata of others; an import lists what it had';
  const key = steps.map(({ text }) => /-flag with key "(null|undefined)-default-flag"/.exec(text)).find(Boolean);
  return key ? REASON_OF_RULES : undefined;
}

conformance('flagd evaluator', 'flagd-evaluator', (folder) => {
  const evaluator = new FlagdEvaluator(readJson(join(folder, 'flags/testkit-flags.json')));
  describe.each(filesIn(join(folder, 'gherkin'), '.feature'))('%s', (file) => {
    for (const [index, pickle] of picklesOf(join(folder, 'gherkin', file)).entries()) {
      const title = `${String(index + 1)}. ${pickle.name}`;
      const why = inapplicable(pickle);
      if (why !== undefined && why !== REASON_OF_RULES) it.skip(notApplicable(title, why), () => undefined);
      else
        it(why === undefined ? title : notApplicable(title, why), () =>
          new Scenario(evaluator, why === REASON_OF_RULES).run(pickle),
        );
    }
  });
});

function picklesOf(path: string): readonly Pickle[] {
  const newId = IdGenerator.uuid();
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(readFileSync(path, 'utf8'));
  return compile(document, path, newId);
}

/** One scenario of flagd's evaluator, step by step. */
class Scenario {
  private flag: { key: string; type: FlagType; fallback: unknown } | undefined;
  private readonly context: Record<string, unknown> = {};
  private details: Details | undefined;

  constructor(
    private readonly evaluator: FlagdEvaluator,
    private readonly reasonOfRules: boolean,
  ) {}

  run({ steps }: Pickle): void {
    for (const { text, argument } of steps) {
      const known = this.steps.find(([pattern]) => pattern.test(text));
      if (!known) throw new Error(`no step for: ${text}`);
      known[1](
        (known[0].exec(text) as string[]).slice(1),
        argument?.dataTable?.rows.map((row) => row.cells.map((cell) => cell.value)),
      );
    }
  }

  private readonly steps: [RegExp, (words: string[], table?: string[][]) => void][] = [
    [/^an evaluator$/, () => undefined],
    [
      /^an? (\w+)-flag with key "(.*)" and a fallback value "(.*)"$/,
      ([type = '', key = '', fallback = '']) => (this.flag = { key, type: type as FlagType, fallback: valueOf(type, fallback) }),
    ],
    [
      /^a context containing a key "(.*)", with type "(\w+)" and with value "(.*)"$/,
      ([key = '', type = '', value = '']) => (this.context[key] = valueOf(type, value)),
    ],
    [/^a context containing a targeting key with value "(.*)"$/, ([value = '']) => (this.context['targetingKey'] = value)],
    [
      /^a context containing a nested property with outer key "(.*)" and inner key "(.*)", with value "(.*)"$/,
      ([outer = '', inner = '', value = '']) => (this.context[outer] = { [inner]: value }),
    ],
    [
      /^the flag was evaluated with details$/,
      () => {
        const { key, type, fallback } = this.flag!;
        this.details = this.evaluator.details(key, type, fallback, this.context);
      },
    ],
    [
      /^the resolved details value should be "(.*)"$/,
      ([value = '']) => expect(this.details!.value).toEqual(valueOf(this.flag!.type, value)),
    ],
    [/^the reason should be "(.*)"$/, ([reason]) => expect(this.details!.reason).toBe(this.reasonOfRules ? 'STATIC' : reason)],
    [/^the error-code should be "(.*)"$/, ([code]) => expect(this.details!.errorCode).toBe(code)],
    [/^the resolved metadata is empty$/, () => expect(this.details!.metadata).toEqual({})],
  ];
}

function valueOf(type: string, text: string): unknown {
  if (type === 'String') return text;
  if (type === 'Boolean') return text === 'true';
  return type === 'Object' ? JSON.parse(text.replaceAll('\\"', '"')) : Number(text);
}
