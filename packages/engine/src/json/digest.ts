/** Four 32-bit lanes: enough to tell contents apart, by no means a cryptographic hash. */
export type Lanes = readonly [number, number, number, number];

/** 32 hexadecimal digits that stand for a text. */
export function digestOf(text: string): string {
  return hexOf(lanesOf(text));
}

/** The same in eight UTF-16 code units of any kind: to be digested again, not to be shown. */
export function shortDigestOf(text: string): string {
  const [a, b, c, d] = lanesOf(text);
  return String.fromCharCode(a >>> 16, a & 0xffff, b >>> 16, b & 0xffff, c >>> 16, c & 0xffff, d >>> 16, d & 0xffff);
}

/** A sum that digests can be added to and taken from in any order. */
export function addLanes(sum: Lanes, digest: string, sign: 1 | -1): Lanes {
  const lane = (index: number) => laneIn(digest, index) * sign;
  return [(sum[0] + lane(0)) >>> 0, (sum[1] + lane(1)) >>> 0, (sum[2] + lane(2)) >>> 0, (sum[3] + lane(3)) >>> 0];
}

/** The number that eight hexadecimal digits stand for. Each flag of each environment has four: cutting texts out of them is felt. */
function laneIn(digest: string, index: number): number {
  let lane = 0;
  for (let at = index * 8; at < index * 8 + 8; at++) {
    const code = digest.charCodeAt(at);
    lane = (lane << 4) | (code > 57 ? code - 87 : code - 48);
  }
  return lane >>> 0;
}

export function hexOf(lanes: Lanes): string {
  return hex8(lanes[0]) + hex8(lanes[1]) + hex8(lanes[2]) + hex8(lanes[3]);
}

function hex8(lane: number): string {
  return `0000000${lane.toString(16)}`.slice(-8);
}

function lanesOf(text: string): Lanes {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  let c = 0xc2b2ae35;
  let d = 0x27d4eb2f;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = (Math.imul(a ^ code, 0x01000193) + b) | 0;
    b = Math.imul(b ^ code, 0x85ebca77) ^ (c >>> 15);
    c = (Math.imul(c ^ code, 0xc2b2ae3d) + (d ^ (a >>> 13))) | 0;
    d = Math.imul(d ^ code, 0x27d4eb2d) ^ (b >>> 11);
  }
  a = finish(a ^ text.length);
  b = finish(b ^ a);
  c = finish(c ^ b);
  d = finish(d ^ c);
  return [(a + d) >>> 0, (b ^ a) >>> 0, (c + b) >>> 0, (d ^ c) >>> 0];
}

function finish(lane: number): number {
  lane = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  lane = Math.imul(lane ^ (lane >>> 13), 0xc2b2ae35);
  return lane ^ (lane >>> 16);
}
