/** How a command ends; scripts depend on these numbers. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  differs: 3,
  refused: 4,
  unreachable: 5,
  waits: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'done, or nothing to do',
  1: 'failed, a check does not hold, or "aborted" at the question',
  2: 'wrong usage: an option, an argument, a setting, or a question that nobody was there to answer',
  3: 'there are differences, or it would be blocked',
  4: 'refused by the server',
  5: 'the server cannot be reached',
  7: 'waits for approval',
  130: 'interrupted',
};
