import { expect, it } from '@jest/globals';
import { TooMany } from '../../platform/http/problems/problem.js';
import { PageLimit } from './page-limit.js';

const asked = (publicId: string, remoteAddress: string) =>
  ({ caller: { token: { publicId } }, raw: { socket: { remoteAddress } } }) as never;

it('pages may ask as often as the rate says, after a burst, each token from each address', () => {
  const limit = new PageLimit({ browserRate: 2 });
  const ask = (publicId: string, address: string, now: number) => () => { limit.assertMayAsk(asked(publicId, address), now); }; // prettier-ignore
  for (let time = 0; time < 6; time++) ask('one', '192.0.2.1', 0)();
  expect(ask('one', '192.0.2.1', 0)).toThrow(expect.objectContaining({ code: 'too-many-requests', retryAfterSeconds: 1 }));
  expect(ask('one', '192.0.2.2', 0)).not.toThrow();
  expect(ask('other', '192.0.2.1', 0)).not.toThrow();
  expect(ask('one', '192.0.2.1', 500)).not.toThrow();
  expect(ask('one', '192.0.2.1', 500)).toThrow(TooMany);
});

it('pages may ask as often as they like where the rate is 0', () => {
  const limit = new PageLimit({ browserRate: 0 });
  for (let time = 0; time < 1_000; time++) limit.assertMayAsk(asked('one', '192.0.2.1'), 0);
});
