import { flag, list, type Options, text } from '../parameters.js';

/** What every command that writes takes. */
export const WRITE_OPTIONS = {
  dryRun: flag('only say what would be done', { short: 'n' }),
  yes: flag('answer the question with yes', { short: 'y' }),
  confirm: list('name', 'say yes to exactly this, as scripts do: the protected environments, or what is to be deleted'),
  reason: text('text', 'why; kept in the audit log'),
} satisfies Options;

export interface WriteChoices {
  dryRun: boolean;
  yes: boolean;
  confirm: string[];
  reason: string | undefined;
}

/** For the body or query of a request. */
export const reasonIn = ({ reason }: WriteChoices): { reason?: string } => (reason === undefined ? {} : { reason });
