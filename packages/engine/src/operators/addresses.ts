import ipaddr from 'ipaddr.js';

/** A range of IP addresses. IPv4 as one unsigned number; IPv6, far rarer, as ipaddr.js has it. */
export type Cidr = { version: 4; network: number; mask: number } | { version: 6; range: [ipaddr.IPv6, number] };

/** Null when the text is no CIDR range such as `10.0.0.0/8` or `2001:db8::/32`. An IPv4 range written as IPv6 is the IPv4 range. */
export function parseCidr(text: string): Cidr | null {
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    const [address, bits] = ipaddr.IPv4.parseCIDR(text);
    return cidr4(address, bits);
  }
  if (!ipaddr.IPv6.isValidCIDR(text)) return null;
  const [address, bits] = ipaddr.IPv6.parseCIDR(text);
  return address.isIPv4MappedAddress() && bits >= 96
    ? cidr4(address.toIPv4Address(), bits - 96)
    : { version: 6, range: [address, bits] };
}

/** For an address: whether it lies in one of the ranges. Null: the text is no address. */
export function cidrTest(ranges: readonly Cidr[]): (text: string) => boolean | null {
  const four = ranges.filter((range) => range.version === 4);
  const six = ranges.filter((range) => range.version === 6);
  const holds4 = (address: number) => four.some((range) => (address & range.mask) >>> 0 === range.network);
  return (text) => {
    const address4 = parseAddress4(text);
    if (address4 >= 0) return holds4(address4);
    if (!ipaddr.IPv6.isValid(text)) return null;
    const address6 = ipaddr.IPv6.parse(text);
    if (address6.isIPv4MappedAddress() && holds4(toNumber(address6.toIPv4Address()))) return true;
    return six.some((range) => address6.match(range.range));
  };
}

/** The address as an unsigned 32-bit number, or -1. Leading zeros are refused: some systems read them as octal. */
export function parseAddress4(text: string): number {
  let address = 0;
  let octet = -1;
  let octets = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || ++octets > 4) return -1;
      address = address * 256 + octet;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return -1;
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return -1;
    } else return -1;
  }
  return octets === 4 && octet >= 0 ? address * 256 + octet : -1;
}

function cidr4(address: ipaddr.IPv4, bits: number): Cidr {
  const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
  return { version: 4, network: (toNumber(address) & mask) >>> 0, mask };
}

function toNumber(address: ipaddr.IPv4): number {
  return address.octets.reduce((total, octet) => total * 256 + octet, 0);
}
