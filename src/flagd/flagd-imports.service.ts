import { Inject, Injectable } from '@nestjs/common';
import { StateStore } from '../audit/follow/state-store.js';
import { requireEnvironment } from '../environments/environment-view.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { type ImportedStates, importFlagd, type NotExpressed } from '@flagtree/engine/flagd';

@Injectable()
export class FlagdImports {
  constructor(
    private readonly store: StateStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** flagd's definitions as a document of states, for the flags themselves or for one environment. @throws {Invalid} naming each wrong place. */
  async states(document: unknown, environment: string | undefined): Promise<{ states: ImportedStates; notKept: NotExpressed[] }> {
    const state = await this.store.current();
    const slug = environment === undefined ? null : requireEnvironment(state, environment).slug;
    const { states, notKept, defects } = importFlagd(document, state, slug, { inheritance: this.config.environment.inheritance });
    if (defects.length > 0)
      throw new Invalid(
        'invalid-document',
        'These are no flag definitions that can be imported: see errors. Nothing was changed.',
        defects,
      );
    return { states, notKept };
  }
}
