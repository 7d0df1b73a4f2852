import { describe, expect, it } from '@jest/globals';
import { inMemberOrder, inParameterOrder } from './member-order.js';

describe('the order of members', () => {
  it('is: what names the thing, what else must be there, what every row has, what may be there', () => {
    const members = ['updatedAt', 'enabled', 'id', 'key', 'note', 'version', 'owner', 'createdAt'];
    const required = members.filter((name) => name !== 'note');
    expect(inMemberOrder(members, required)).toEqual([
      ...['id', 'key', 'enabled', 'owner', 'createdAt', 'updatedAt', 'version'],
      'note',
    ]);
  });

  it('has the page before the cursor to the next one', () => {
    expect(inMemberOrder(['nextCursor', 'items'], ['nextCursor', 'items'])).toEqual(['items', 'nextCursor']);
  });

  it('leaves all else as it was declared', () => {
    expect(inMemberOrder(['to', 'from', 'fields'])).toEqual(['to', 'from', 'fields']);
  });
});

describe('the order of parameters', () => {
  it('is: path, what the list is of, its pages, headers', () => {
    const names = ['header:If-Match', 'query:limit', 'query:search', 'path:key', 'query:cursor', 'query:at', 'query:dryRun'];
    const parameters = names.map((text) => ({ in: text.split(':')[0] ?? '', name: text.split(':')[1] ?? '' }));
    expect(inParameterOrder(parameters).map(({ name }) => name)).toEqual([
      'key',
      'search',
      'dryRun',
      'at',
      'limit',
      'cursor',
      'If-Match',
    ]);
  });
});
