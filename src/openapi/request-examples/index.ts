import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from '../each.js';
import { EDITS } from './edits.js';
import type { Examples } from './examples.js';
import { MOVES } from './moves.js';
import { READS } from './reads.js';

const EXAMPLES: Record<string, Examples> = { ...READS, ...EDITS, ...MOVES };

/** Gives each body its examples. They build on one another from the top of the page: the flag that one makes, the next one edits. */
export function exampleRequests(document: OpenAPIObject): void {
  for (const { operationId = '', requestBody } of operationsOf(document)) {
    if (!requestBody || '$ref' in requestBody) continue;
    const examples = EXAMPLES[operationId];
    const media = requestBody.content['application/json'];
    if (media && examples) media.examples = { ...examples, ...media.examples };
  }
}
