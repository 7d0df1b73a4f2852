import { Injectable } from '@nestjs/common';
import { Flags } from '@flagtree/nestjs';
import type { featureFlags } from './feature-flags.js';

/** Has no request at hand, and reads the request's flags all the same. */
@Injectable()
export class SearchService {
  constructor(private readonly flags: Flags<typeof featureFlags>) {}

  find(query: string): string[] {
    return this.flags.get('search.algorithm') === 'v2' ? [query, `${query} and more`] : [query];
  }
}
