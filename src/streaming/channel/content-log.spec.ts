import { describe, expect, it } from '@jest/globals';
import { ContentLog } from './content-log.js';

function log(limit: number, ...froms: string[]): ContentLog {
  const all = new ContentLog(limit);
  froms.forEach((from, place) => { all.push({ from, event: Buffer.from(`event ${String(place)}`) }); }); // prettier-ignore
  return all;
}
const told = (all: ContentLog, etag: string) => all.since(etag)?.map(String) ?? null;

describe('the log of contents', () => {
  it('leads from a content to the present one', () => {
    expect(told(log(100, 'a', 'b', 'c'), 'b')).toEqual(['event 1', 'event 2']);
    expect(told(log(100, 'a', 'b', 'c'), 'x')).toBeNull();
  });

  it('takes the shortest way from a content that was there several times', () => {
    expect(told(log(100, 'a', 'b', 'a', 'b'), 'a')).toEqual(['event 2', 'event 3']);
  });

  it('forgets the oldest beyond its bytes, and everything when a change cannot be told', () => {
    const all = log(16, 'a', 'b', 'c');
    expect(told(all, 'a')).toBeNull();
    expect(told(all, 'b')).toEqual(['event 1', 'event 2']);
    all.clear();
    expect(told(all, 'c')).toBeNull();
    expect(told(log(3, 'a'), 'a')).toBeNull();
  });
});
