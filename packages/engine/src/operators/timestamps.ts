const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Milliseconds since 1970 of an RFC 3339 date-time (fractions of any length count), or NaN when it is none. */
export function parseTimestamp(text: string): number {
  const parts = RFC_3339.exec(text);
  if (!parts) return NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [offsetHour, offsetMinute] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // a day that the month has not, of two digits at most, falls in another month
  if (date.getUTCMonth() !== month - 1) return NaN;
  const offset = (offsetHour * 60 + offsetMinute) * (parts[8] === '-' ? -60_000 : 60_000);
  const whole = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 - offset;
  // a leap second is only ever the last one of a UTC day
  if (second === 60 && whole % 86_400_000 !== 0) return NaN;
  return whole + Number(`0${parts[7] ?? ''}`) * 1000;
}
