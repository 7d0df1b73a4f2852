import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { cidrTest, parseAddress4, parseCidr, type Cidr } from './addresses.js';

const test = (...ranges: string[]) => cidrTest(ranges.map((range) => parseCidr(range) as Cidr));

describe('parseAddress4', () => {
  it('reads any dotted address as one number', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (address) => {
        const text = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
        expect(parseAddress4(text)).toBe(address);
      }),
    );
  });

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.04',
    '00.0.0.0',
    '1.2.3.4 ',
    '0x1.2.3.4',
    '１.2.3.4',
    '1.2.3.-4',
    '1.2.3.1000',
    '1.2.3.4.',
    '1.2.3..4',
    '1.2.3.4.5.6.7.8.9',
    '....',
    '1.2.3./',
    '1.2.3.:',
  ])('refuses %j', (text) => expect(parseAddress4(text)).toBe(-1));
});

describe('an address range', () => {
  it('holds the addresses that ipaddr.js says it holds', () => {
    const address = fc.ipV4();
    fc.assert(
      fc.property(address, fc.nat(32), fc.oneof(address, fc.constant(null)), (network, bits, other) => {
        const asked = other ?? network;
        expect(test(`${network}/${bits}`)(asked)).toBe(ipaddr.IPv4.parse(asked).match(ipaddr.IPv4.parse(network), bits));
      }),
      { numRuns: 1000 },
    );
  });

  it('holds IPv6 addresses in any spelling', () => {
    const holds = test('2001:db8::/32');
    expect(holds('2001:db8::1')).toBe(true);
    expect(holds('2001:0DB8:0:0:0:0:0:ffff')).toBe(true);
    expect(holds('2001:db9::1')).toBe(false);
    expect(holds('10.0.0.1')).toBe(false);
  });

  it('takes an IPv4 address or range in IPv6 clothes for what it is', () => {
    expect(test('10.0.0.0/8')('::ffff:10.1.2.3')).toBe(true);
    expect(test('10.0.0.0/8')('::ffff:11.1.2.3')).toBe(false);
    expect(test('::ffff:10.0.0.0/104')('10.1.2.3')).toBe(true);
    expect(test('::ffff:10.0.0.0/104')('11.1.2.3')).toBe(false);
    expect(test('::ffff:0.0.0.0/96')('11.1.2.3')).toBe(true);
    expect(test('::ffff:10.1.2.3/128')('10.1.2.3')).toBe(true);
    expect(test('::ffff:10.1.2.3/128')('10.1.2.2')).toBe(false);
  });

  it('is one of IPv6 addresses when it is wider than IPv4', () => {
    const holds = test('::ffff:10.0.0.0/95');
    expect(['::ffff:11.1.2.3', '::fffe:1:2', '::fffd:1:2', '10.0.0.1'].map(holds)).toEqual([true, true, false, false]);
    expect(test('10.0.0.0/8', '::/0')('::ffff:11.1.2.3')).toBe(true);
  });

  it('of IPv4 is a network and a mask, however it is written', () => {
    expect(parseCidr('10.1.2.3/8')).toEqual({ version: 4, network: 0x0a000000, mask: 0xff000000 });
    expect(parseCidr('255.255.255.255/31')).toEqual({ version: 4, network: 0xfffffffe, mask: 0xfffffffe });
    expect(parseCidr('1.2.3.4/0')).toEqual({ version: 4, network: 0, mask: 0 });
    expect(parseCidr('::ffff:1.2.3.4/128')).toEqual(parseCidr('1.2.3.4/32'));
    expect(parseCidr('::ffff:1.2.3.4/95')).toMatchObject({ version: 6 });
    expect(parseCidr('64:ff9b::1.2.3.4/120')).toMatchObject({ version: 6 });
  });

  it('holds when one of several does', () => {
    const holds = test('10.0.0.0/8', '2001:db8::/32', '192.168.1.7/32');
    expect(['192.168.1.7', '192.168.1.8', '10.255.255.255', '11.0.0.0', '2001:db8::'].map(holds)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(['255.255.255.255', '0.0.0.0', '::1'].map(test('0.0.0.0/0'))).toEqual([true, true, false]);
  });

  it('says nothing of text that is no address', () => {
    expect(['', 'banana', '10.0.0', '10.0.0.1/8', ':', '::g'].map(test('0.0.0.0/0', '::/0'))).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it.each(['', '10.0.0.1', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0/8', '2001:db8::', '2001:db8::/129', 'banana/8', '010.0.0.0/8'])(
    'is not %j',
    (text) => expect(parseCidr(text)).toBeNull(),
  );
});
