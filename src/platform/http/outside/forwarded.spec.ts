import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import proxyaddr from '@fastify/proxy-addr';
import fc from 'fast-check';
import { forwardedBy, plainAddress } from './forwarded.js';

const trust = proxyaddr.compile(['loopback', '10.0.0.0/8']);
const from = (peer: string, headers: IncomingHttpHeaders) => forwardedBy(headers, peer, (address) => trust(address, 0));

describe('what proxies say', () => {
  it.each([
    ['nothing said', {}, '127.0.0.1'],
    ['one proxy', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    ['what the caller claims before it', { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' }, '203.0.113.7'],
    ['two trusted proxies', { 'x-forwarded-for': '198.51.100.1, 203.0.113.7, 10.1.2.3' }, '203.0.113.7'],
    ['trusted ones alone', { 'x-forwarded-for': '10.0.0.1, 10.0.0.2' }, '10.0.0.1'],
    ['a port', { 'x-forwarded-for': '203.0.113.7:4711' }, '203.0.113.7'],
    ['IPv6 with a port', { 'x-forwarded-for': '[2001:db8::1]:4711' }, '2001:db8::1'],
    ['IPv4 within IPv6', { 'x-forwarded-for': '203.0.113.7, ::ffff:10.1.2.3' }, '203.0.113.7'],
    ['no address', { 'x-forwarded-for': '203.0.113.7, unknown' }, '127.0.0.1'],
    ['RFC 7239', { forwarded: 'for=198.51.100.1, For="[2001:db8::1]:80";proto=https;by=10.0.0.1' }, '2001:db8::1'],
    ['RFC 7239, hidden', { forwarded: 'for=203.0.113.7, for=_hidden' }, '127.0.0.1'],
    ['RFC 7239, without for', { forwarded: 'for=203.0.113.7, proto=https' }, '127.0.0.1'],
    ['both, of which a caller may write the rarer one', { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=10.9.9.9' }, '203.0.113.7'],
  ])('gives the address of the caller: %s', (_what, headers: IncomingHttpHeaders, address) => {
    expect(from('127.0.0.1', headers).address).toBe(address);
  }); // prettier-ignore

  it('is ignored from anybody else', () => {
    const headers = {
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/flags',
      forwarded: 'for=203.0.113.7;host=evil.example;proto=https',
    };
    expect(from('192.0.2.1', headers)).toEqual({ address: '192.0.2.1', origin: null, prefix: '' });
    expect(from('::ffff:192.0.2.1', headers)).toEqual({ address: '192.0.2.1', origin: null, prefix: '' });
  });

  it.each([
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'flags.example:8443' }, 'https://flags.example:8443'],
    [{ 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'evil.example, flags.example' }, 'https://flags.example'],
    [{ 'x-forwarded-for': '203.0.113.7, 10.0.0.9', 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'a.example, b.inside' }, 'https://a.example'],
    [{ forwarded: 'for=203.0.113.7;host="[2001:db8::1]:80";proto=http' }, 'http://[2001:db8::1]:80'],
    [{ 'x-forwarded-host': 'flags.example' }, null],
    [{ 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'flags.example' }, null],
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'flags.example/evil?' }, null],
  ])('gives the origin: %j', (headers: IncomingHttpHeaders, origin) => {
    expect(from('127.0.0.1', headers).origin).toBe(origin);
  }); // prettier-ignore

  it.each([
    [{ 'x-forwarded-prefix': '/flags' }, '/flags'],
    [{ 'x-forwarded-prefix': '/flags/' }, '/flags'],
    [{ 'x-forwarded-prefix': '/' }, ''],
    [{ 'x-forwarded-prefix': '/evil, /flags' }, '/flags'],
    [{ 'x-forwarded-for': '203.0.113.7, 10.0.0.9', 'x-forwarded-prefix': '/tools, /flags' }, '/tools/flags'],
    [{ 'x-forwarded-prefix': '//evil.example' }, ''],
    [{ 'x-forwarded-prefix': '/../admin' }, ''],
    [{ 'x-forwarded-prefix': '/%2e%2E/admin' }, ''],
    [{ 'x-forwarded-prefix': '/.%2e' }, ''],
    [{ 'x-forwarded-prefix': '/a%2' }, ''],
    [{ 'x-forwarded-prefix': '/caf%C3%A9' }, '/caf%C3%A9'],
    [{ 'x-forwarded-prefix': 'https://evil.example' }, ''],
    [{ 'x-forwarded-prefix': '/a b' }, ''],
    [{ 'x-forwarded-prefix': '/a\\b' }, ''],
  ])('gives the prefix: %j', (headers: IncomingHttpHeaders, prefix) => {
    expect(from('127.0.0.1', headers).prefix).toBe(prefix);
  });

  it('never makes a caller of something that is no address, whatever is sent', () => {
    const text = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.constantFrom('for="', ', ', 'for=', '[', '"\\'));
    const header = fc.array(text, { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(header, header, header, (one, other, prefix) => {
        const headers = { 'x-forwarded-for': one, forwarded: other, 'x-forwarded-prefix': prefix };
        const { address, prefix: given } = from('127.0.0.1', headers);
        expect(address !== null && plainAddress(address)).toBe(address);
        expect(new URL(`http://here${given}/x`).pathname).toBe(`${given}/x`);
      }),
    );
  });
});
