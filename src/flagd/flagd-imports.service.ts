import { Injectable } from '@nestjs/common';
import { type FlagdImport, importFlagd } from '@flagtree/engine/flagd';
import type { State } from '@flagtree/engine';
import { requireEnvironment } from '../environments/environment-view.js';
import { firstDefects } from '../platform/http/problems/bounded-defects.js';
import { Invalid } from '../platform/http/problems/problem.js';

export interface FlagdImportOptions {
  /** Into the overrides of this environment; undefined: into the flags themselves. */
  environment: string | undefined;
  /** True: flags that do not fit are left out by name. False: members that no flag can keep are refused. */
  lenient: boolean | undefined;
}

@Injectable()
export class FlagdImports {
  /** flagd's definitions as a document of states, for this state of the server. @throws {Invalid} naming each wrong place. */
  read(document: unknown, state: State, { environment, lenient }: FlagdImportOptions): FlagdImport {
    const slug = environment === undefined ? null : requireEnvironment(state, environment).slug;
    const imported = importFlagd(document, state, slug, { lenient: lenient === true, strict: lenient === false });
    if (imported.defects.length === 0) return imported;
    throw new Invalid(
      'invalid-document',
      'These are no flag definitions that can be imported: see errors. Nothing was changed.',
      ...firstDefects(imported.defects),
    );
  }
}
