import { describe, expect, it } from '@jest/globals';
import { TooMany, Unauthorized } from '../../platform/http/problems/problem.js';
import { RefusalLimit } from './refusal-limit.js';

const from = (remoteAddress: string) => ({ raw: { socket: { remoteAddress } } }) as never;

/** How many refusals in a row are told what is wrong, before one is only told to wait. */
function toldOf(limit: RefusalLimit, ...addresses: string[]): number {
  for (let told = 0; ; told++) {
    try {
      limit.watch(from(addresses[told % addresses.length] ?? ''), () => {
        throw new Unauthorized('token-unknown', 'This token is not known.');
      });
    } catch (error) {
      if (error instanceof TooMany) {
        expect(error).toMatchObject({ code: 'too-many-refusals', retryAfterSeconds: 6 });
        return told;
      }
      expect(error).toBeInstanceOf(Unauthorized);
    }
  }
}

describe('the limit of refusals', () => {
  it('is of each address', () => {
    const limit = new RefusalLimit({ refusalLimit: 10 });
    expect([toldOf(limit, '192.0.2.1'), toldOf(limit, '192.0.2.2'), toldOf(limit, '192.0.2.1')]).toEqual([10, 10, 0]);
  });

  it('takes a whole /64 of IPv6 for one address', () => {
    const limit = new RefusalLimit({ refusalLimit: 10 });
    expect(toldOf(limit, '2001:db8::1', '2001:db8:0:0:1:2:3:4', '2001:0DB8:0000::ffff')).toBe(10);
    expect(toldOf(limit, '2001:db8:0:1::1')).toBe(10);
    expect(toldOf(limit, '::1', '0:0:0:0:1::')).toBe(10);
  });

  it('lets in whoever has a token', () => {
    const limit = new RefusalLimit({ refusalLimit: 10 });
    toldOf(limit, '192.0.2.1');
    expect(limit.watch(from('192.0.2.1'), () => 'in')).toBe('in');
  });

  it('may be none', () => {
    const limit = new RefusalLimit({ refusalLimit: 0 });
    const refuse = () => limit.watch(from('a'), () => { throw new Unauthorized('token-unknown', 'No.'); }); // prettier-ignore
    for (let time = 0; time < 1_000; time++) expect(refuse).toThrow(Unauthorized);
  });
});
