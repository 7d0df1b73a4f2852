import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventParser, EventTooLarge, type ServerEvent } from './sse.js';

function parse(pieces: readonly Buffer[], maxLength = 1_000) {
  const events: ServerEvent[] = [];
  const parser = new EventParser((event) => events.push(event), maxLength);
  for (const piece of pieces) parser.push(piece);
  return { events, retry: parser.retry };
}

const whole = (text: string) => parse([Buffer.from(text)]).events;

describe('server-sent events', () => {
  it.each<[string, string, ServerEvent[]]>([
    ['one with all fields', 'event: change\nid: 7\ndata: {"a":1}\n\n', [{ event: 'change', id: '7', data: '{"a":1}' }]],
    ['one without a name', 'data: x\n\n', [{ event: 'message', id: '', data: 'x' }]],
    ['several lines of data', 'data: a\ndata:b\ndata\n\n', [{ event: 'message', id: '', data: 'a\nb\n' }]],
    ['comments', ': hello\n:\ndata: x\n\n', [{ event: 'message', id: '', data: 'x' }]],
    ['a byte order mark', '\uFEFFdata: x\n\n', [{ event: 'message', id: '', data: 'x' }]],
    [
      'other ends of lines',
      'data: a\r\n\r\ndata: b\r\r',
      [
        { event: 'message', id: '', data: 'a' },
        { event: 'message', id: '', data: 'b' },
      ],
    ],
    [
      'an id that stays',
      'id: 1\ndata: a\n\ndata: b\n\n',
      [
        { event: 'message', id: '1', data: 'a' },
        { event: 'message', id: '1', data: 'b' },
      ],
    ],
    ['an event without data, which is none', 'event: change\n\n', []],
    ['one that has not ended', 'data: a\n', []],
    ['fields that nobody knows', 'dat: a\nevents: x\n\n', []],
  ])('%s', (_what, text, events) => {
    expect(whole(text)).toEqual(events);
  });

  it('may wish for a pause', () => {
    expect(parse([Buffer.from('retry: 1500\nretry: soon\n\n')]).retry).toBe(1_500);
  });

  it('are the same, wherever the bytes are cut', () => {
    const text = '\uFEFFid: 1\r\nevent: change\r\ndata: {"k":"ü€😀"}\r\n\r\n: \n\ndata: b\rdata: c\r\rretry: 5\n\n';
    const bytes = Buffer.from(text);
    const expected = parse([bytes]);
    expect(expected.events).toHaveLength(2);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(parse([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
    }
    expect(parse(Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(expected);
  });

  it('may not be of any length', () => {
    expect(() => parse([Buffer.from(`data: ${'x'.repeat(1_001)}`)])).toThrow(EventTooLarge);
    expect(() => parse([Buffer.from('data: xxxxxxxxx\n'.repeat(200))])).toThrow(EventTooLarge);
  });

  it('are told or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
        try {
          parse(
            pieces.map((piece) => Buffer.from(piece)),
            100,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(EventTooLarge);
        }
      }),
    );
  });
});
