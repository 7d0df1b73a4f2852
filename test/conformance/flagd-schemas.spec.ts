import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { validateRules } from '@flagtree/engine';
import { readFlagd } from '@flagtree/engine/flagd';
import { conformance, filesIn, notApplicable, readJson } from './conformance-data.js';

const LISTS_ARE_TAKEN: Record<string, string> = {
  'flags/negative/with-array-flags.json': 'an import takes what the flagd daemon takes, which are also flags in a list',
};

const defectsOf = {
  flags: (document: unknown) => readFlagd(document).defects,
  flagd: (document: unknown) => readFlagd(document).defects,
  targeting: (targeting: unknown) => validateRules([{ id: 'targeting', targeting }]),
};

conformance('flagd schemas', 'flagd-schemas', (folder) => {
  describe.each(['flags', 'flagd', 'targeting'] as const)('%s', (kind) => {
    for (const sign of kind === 'flagd' ? (['positive'] as const) : (['positive', 'negative'] as const)) {
      for (const file of filesIn(join(folder, 'test', kind, sign), '.json')) {
        const document = () => withoutSchema(kind, readJson(join(folder, 'test', kind, sign, file)));
        const why = LISTS_ARE_TAKEN[`${kind}/${sign}/${file}`];
        const title = `${sign === 'positive' ? 'takes' : 'refuses'} ${file}`;
        it(why === undefined ? title : notApplicable(title, why), () => {
          const defects = defectsOf[kind](document());
          if (sign === 'positive' || why !== undefined) expect(defects).toEqual([]);
          else expect(defects.length).toBeGreaterThan(0);
        });
      }
    }
  });

  for (const file of filesIn(join(folder, 'examples'), '.json')) {
    const example = () => readJson(join(folder, 'examples', file));
    const fits = fitsSchema(folder, example());
    const title = `${fits ? 'takes' : 'refuses'} the example ${file}`;
    it(
      fits ? title : notApplicable(title, "the example itself does not fit flagd's schema: it has a wrong version on purpose"),
      () => {
        expect(readFlagd(example()).defects.length > 0).toBe(!fits);
      },
    );
  }
});

/** A targeting is nothing but its expression. */
function withoutSchema(kind: string, document: Record<string, unknown>): unknown {
  if (kind !== 'targeting') return document;
  const { $schema: _schema, ...expression } = document;
  return expression;
}

function fitsSchema(folder: string, document: unknown): boolean {
  const ajv = new Ajv({ strict: false, logger: false });
  for (const name of ['targeting.json', 'flags.json']) ajv.addSchema(readJson(join(folder, name)) as object);
  return ajv.compile(readJson(join(folder, 'flagd.json')) as object)(document);
}
