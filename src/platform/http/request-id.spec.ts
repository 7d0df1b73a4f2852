import { describe, expect, it } from '@jest/globals';
import { auditedIdOf, requestIdOf } from './request-id.js';

const idOf = (given?: string | string[]) => requestIdOf({ headers: { 'x-request-id': given } });
const auditedOf = (id: string, given?: string) => auditedIdOf({ id, headers: { 'x-request-id': given } });

describe('the id of a request', () => {
  it.each(['a', 'my-id.1', 'trace:7_x', 'x'.repeat(128)])("is the caller's own: %s", (given) => {
    expect(idOf(given)).toBe(given);
  });

  it.each([[undefined], [''], ['a b'], ['ü'], ['a\nb'], ['x'.repeat(129)], [['a', 'b']]])('is a new one for %j', (given) => {
    const ids = Array.from({ length: 100 }, () => idOf(given));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(idOf(id)).toBe(id);
  });

  it('is random: nobody can tell from one what the next one is, or how many there are', () => {
    const ids = Array.from({ length: 2_000 }, () => idOf());
    expect(new Set(ids).size).toBe(2_000);
    for (const id of ids) expect(id).toMatch(/^[\w-]{16}$/);
    for (let place = 0; place < 16; place++) expect(new Set(ids.map((id) => id[place])).size).toBe(64);
  });

  it('is marked in the audit log where the caller chose it', () => {
    const ours = idOf();
    expect(auditedOf(ours)).toBe(ours);
    expect(auditedOf(ours, ours)).toBe(`sent:${ours}`);
    expect(auditedOf('sent:a', 'sent:a')).toBe('sent:sent:a');
    expect(auditedOf(ours, 'not fit')).toBe(ours);
  });
});
