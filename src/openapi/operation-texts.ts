import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './each.js';

/** A title in one line without markup; all else that is to be known, and who may call, in the description. */
export function describeOperations(document: OpenAPIObject): void {
  for (const operation of operationsOf(document)) {
    const [title, rest] = firstSentence(operation.summary ?? '');
    operation.summary = title.replaceAll('`', '');
    operation.description = [operation.description, rest, whoMay(operation['x-permission'] as string | undefined)]
      .filter((text) => text !== undefined && text !== '')
      .join('\n\n');
  }
}

function whoMay(role: string | undefined): string {
  if (role === undefined || role === 'public') return 'Needs no token.';
  if (role === 'ofrep') return 'Needs a token that may see the environment of the request: a browser, client or admin token.';
  if (role === 'evaluate') return 'Needs a token that may see the environment of the request: a client token, or an admin token.';
  return `Needs an admin token with the role **${role}** or a higher one.`;
}

function firstSentence(text: string): [title: string, rest: string] {
  const end = /[.:](?=\s)/.exec(text);
  if (!end || text[end.index] === ':') return [text.replace(/\.$/, ''), ''];
  return [text.slice(0, end.index), text.slice(end.index + 1).trim()];
}
