import picocolors from 'picocolors';

type Colours = ReturnType<typeof picocolors.createColors>;

/** How text is to look where it goes: its colours, and how many columns there are (Infinity in a pipe). */
export interface Style {
  readonly colours: Colours;
  readonly columns: number;
}

interface Surroundings {
  isTerminal: boolean;
  columns: number | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** `--no-color`. */
  plain: boolean;
}

/** Colours are for terminals that know them; NO_COLOR and --no-color win over FORCE_COLOR. */
export function styleOf({ isTerminal, columns, env, plain }: Surroundings): Style {
  const isForced = !['', '0', undefined].includes(env['FORCE_COLOR']);
  const isOff = plain || !['', undefined].includes(env['NO_COLOR']);
  const hasColours = !isOff && (isForced || (isTerminal && env['TERM'] !== 'dumb'));
  return { colours: picocolors.createColors(hasColours), columns: isTerminal ? (columns ?? 80) : Infinity };
}
