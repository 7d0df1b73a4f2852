import { pointerTo } from '../../json/values.js';
import type { Finding, FilePlace, PolicyRule, Severity } from '../words.js';

export const MAX_FINDINGS = 1_000;

/** Collects what is found; a policy may make a rule an error, a warning, or nothing. */
export class Report {
  readonly findings: Finding[] = [];
  policy: Partial<Record<PolicyRule, Severity | 'off'>> = {};

  error(at: FilePlace, rule: string, message: string, more: Partial<Finding> = {}): void {
    this.add({ ...at, rule, severity: 'error', message, ...more });
  }

  warning(at: FilePlace, rule: string, message: string, more: Partial<Finding> = {}): void {
    this.add({ ...at, rule, severity: 'warning', message, ...more });
  }

  /** One that a policy decides about. */
  ruled(rule: PolicyRule, usual: Severity, at: FilePlace, message: string, more: Partial<Finding> = {}): void {
    const severity = this.policy[rule] ?? usual;
    if (severity !== 'off') this.add({ ...at, rule, severity, message, ...more });
  }

  private add(finding: Finding): void {
    if (this.findings.length < MAX_FINDINGS) this.findings.push(finding);
  }
}

export function within(at: FilePlace, ...members: (string | number)[]): FilePlace {
  return { file: at.file, pointer: members.reduce<string>(pointerTo, at.pointer) };
}
