import { Controller, Get, Query } from '@nestjs/common';
import { RequestEnvironment } from '@flagtree/nestjs';
import { Flag, RequireFlag } from './feature-flags.js';
import { SearchService } from './search.service.js';

@Controller('search')
@RequireFlag('search.enabled')
export class SearchController {
  constructor(private readonly search: SearchService) {}

  @Get()
  find(
    @Query('q') query: string,
    @Flag('search.algorithm') algorithm: string,
    @RequestEnvironment() environment: string,
  ): object {
    return { query, algorithm, environment, found: this.search.find(query) };
  }
}
