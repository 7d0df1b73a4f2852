import { isIP } from 'node:net';
import { ENVIRONMENT_NAME } from '@flagtree/engine';
import { resolve } from 'node:path';
import { isGuessable } from './guessable.js';

/** Turns the text of a setting into its value, or throws {@link BadValue}. */
export type Parse<T> = (text: string) => T;

/** What is wrong with a value, as the end of the sentence "PORT …". */
export class BadValue extends Error {}

export function wholeNumber(min: number, max: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new BadValue(`must be a whole number from ${min} to ${max}, not ${quote(text)}`);
  };
}

/** Of a point of a history, as `textOf` writes it. */
export function historyName(text: string): string {
  if (/^\d+\.[0-9a-f]{6}$/.test(text)) return text;
  throw new BadValue(`must be a point of the history such as 25.b3e34f, not ${quote(text)}`);
}

// "false" is a truthy string: never read a boolean off process.env raw
export function boolean(text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new BadValue(`must be true or false, not ${quote(text)}`);
}

export function oneOf<const T extends string>(words: readonly T[]): Parse<T> {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new BadValue(`must be one of ${words.join(', ')}, not ${quote(text)}`);
  };
}

/** Milliseconds from `500ms`, `5s` or `2m`. */
export function duration(minMs: number, maxMs: number): Parse<number> {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
  return (text) => {
    const [, count, unit] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
    const value = Number(count) * (units[unit ?? ''] ?? NaN);
    if (value >= minMs && value <= maxMs) return value;
    throw new BadValue(`must be a duration with its unit (500ms, 5s, 2m) from ${minMs}ms to ${maxMs}ms, not ${quote(text)}`);
  };
}

/** Bytes from `65536`, `512kb` or `1mb`. */
export function byteSize(min: number, max: number): Parse<number> {
  const units: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1024, mb: 1024 * 1024 };
  return (text) => {
    const [, count, unit] = /^(\d+)(b|kb|mb)?$/.exec(text.toLowerCase()) ?? [];
    const value = Number(count) * (units[unit ?? ''] ?? NaN);
    if (value >= min && value <= max) return value;
    throw new BadValue(`must be a size (65536, 512kb, 1mb) from ${min} to ${max} bytes, not ${quote(text)}`);
  };
}

export function environmentName(text: string): string {
  if (ENVIRONMENT_NAME.test(text)) return text;
  throw new BadValue(
    `must be an environment's slug or alias (lower-case letters, digits, "_" and "-", at most 63) or its id, not ${quote(text)}`,
  );
}

/** An empty list means no restriction. */
export function environmentNames(text: string): ReadonlySet<string> | null {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return words.length === 0 ? null : new Set(words.map(environmentName));
}

/** A header's name, as Node reports it. */
export function headerName(text: string): string {
  if (/^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/i.test(text)) return text.toLowerCase();
  throw new BadValue(`must be the name of an HTTP header, not ${quote(text)}`);
}

export function queryParam(text: string): string | null {
  if (text === '') return null;
  if (/^[a-z0-9_.-]{1,64}$/i.test(text)) return text;
  throw new BadValue(`must be the name of a query parameter (letters, digits, "_", "." and "-"), or empty, not ${quote(text)}`);
}

export function host(text: string): string {
  if (isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text)) return text;
  throw new BadValue(`must be an IP address or a host name, not ${quote(text)}`);
}

export function path(text: string): string {
  if (!text.includes('\0')) return resolve(text);
  throw new BadValue('must be a path');
}

/** Never quotes the value: it may hold a password. */
export function databaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return text;
  throw new BadValue('must be a URL like postgres://user:password@host:5432/database');
}

/** Never quotes the value: it may hold a password. */
export function redisUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && /^(\/\d{0,4})?$/.test(url.pathname)) return text;
  throw new BadValue('must be a URL like redis://user:password@host:6379/0, or rediss:// for TLS');
}

/** Without a `/` at its end. */
export function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '') return text.replace(/\/+$/, '');
  throw new BadValue(`must be a URL like http://localhost:4318, not ${quote(text)}`);
}

/** Never quotes the value: it is a secret. */
export function secret(text: string): string {
  if (!/^[\x21-\x7e]{32,512}$/.test(text))
    throw new BadValue('must be 32 to 512 visible ASCII characters without spaces (try: openssl rand -hex 32)');
  if (isGuessable(text))
    throw new BadValue('can be guessed: its characters repeat or follow a pattern. Make a random one: openssl rand -hex 32');
  return text;
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
