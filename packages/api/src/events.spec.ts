import { describe, expect, it } from '@jest/globals';
import { EventParser, type StreamEvent } from './events.js';

const TEXT =
  'retry: 1000\n: heartbeat\n\nid: 7\nevent: change\ndata: {"a":\r\ndata: "ü"}\r\n\r\ndata:x\rid\r\rid: no event\n\ndata: cut off';

const EVENTS: StreamEvent[] = [
  { event: 'change', data: '{"a":\n"ü"}', id: '7' },
  { event: 'message', data: 'x', id: '' },
];

const read = (parts: Uint8Array[]): StreamEvent[] => {
  const parser = new EventParser();
  return parts.flatMap((part) => parser.push(part));
};

describe('an event stream', () => {
  const bytes = new TextEncoder().encode(TEXT);

  it('gives its events with type, data of all lines and last id', () => {
    expect(read([bytes])).toEqual(EVENTS);
  });

  it('gives the same wherever it is cut', () => {
    for (let at = 0; at <= bytes.length; at++) expect(read([bytes.slice(0, at), bytes.slice(at)])).toEqual(EVENTS);
    expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(EVENTS);
  });
});
