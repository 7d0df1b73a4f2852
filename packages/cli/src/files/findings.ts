import { join } from 'node:path';
import { type Finding, type Severity, type Validated, validateDirectory } from '../engine.js';
import type { Style } from '../output/style.js';
import { Places } from './places.js';
import { type FilesRead, readFiles } from './read-files.js';

/** A finding as people and pipelines are told it; lines and columns from 1. */
export interface ToldFinding {
  file: string;
  line: number;
  column: number;
  rule: string;
  severity: Severity;
  flag: string | null;
  environment: string | null;
  message: string;
  /** What to write instead, as JSON; null: nothing is proposed. */
  suggestion: string | null;
}

export interface CheckedFiles extends Validated {
  read: FilesRead;
  told: ToldFinding[];
  errors: number;
  warnings: number;
}

/** Reads and checks a directory of flags. */
export function checkFiles(directory: string): CheckedFiles {
  const read = readFiles(directory);
  const validated = validateDirectory(read.files);
  const told = tell(read, validated.findings);
  const errors = told.filter(({ severity }) => severity === 'error').length;
  return { ...validated, read, told, errors, warnings: told.length - errors };
}

function tell(read: FilesRead, findings: readonly Finding[]): ToldFinding[] {
  const places = new Map<string, Places>();
  const told = [...read.unreadable].map(([path, { rule, message, line, column }]): ToldFinding => ({
    ...{
      file: join(read.directory, path),
      line,
      column,
      rule,
      severity: 'error',
      flag: null,
      environment: null,
      message,
      suggestion: null,
    },
  }));
  for (const { file, pointer, rule, severity, message, of = 'value', flag = null, environment = null, suggestion } of findings) {
    const inFile = places.get(file) ?? new Places(textOf(read, file));
    places.set(file, inFile);
    told.push({
      ...{ file: join(read.directory, file), ...inFile.at(pointer, of), rule, severity, flag, environment, message },
      suggestion: suggestion ? JSON.stringify(suggestion.value) : null,
    });
  }
  return told.sort((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1));
}

export function textOf({ texts }: FilesRead, path: string): string {
  return new TextDecoder('utf-8').decode(texts.get(path));
}

/** One finding a paragraph, and how many there are. */
export function findingsText(told: readonly ToldFinding[], files: number, style: Style): string {
  const paragraphs = told.map(({ file, line, column, severity, rule, flag, message }) => {
    const colour = severity === 'error' ? style.colours.red : style.colours.yellow;
    return `${file}:${line}:${column}  ${colour(severity)}  ${rule}${flag === null ? '' : `  ${flag}`}\n  ${message}`;
  });
  return [...paragraphs, summary(told, files)].join('\n');
}

function summary(told: readonly ToldFinding[], files: number): string {
  const errors = told.filter(({ severity }) => severity === 'error').length;
  const of = count(files, 'file');
  if (told.length === 0) return `Nothing is wrong in ${of}.`;
  return `${count(errors, 'error')}, ${count(told.length - errors, 'warning')} in ${of}.`;
}

export const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`;

/** Commands of a workflow of GitHub: annotations at the lines of a pull request. */
export function githubText(told: readonly ToldFinding[]): string {
  const escaped = (text: string) => text.replaceAll('%', '%25').replaceAll('\n', '%0A').replaceAll('\r', '%0D');
  return told
    .map(
      ({ file, line, column, severity, rule, message }) =>
        `::${severity} file=${file},line=${line},col=${column},title=${rule}::${escaped(message)}`,
    )
    .join('\n');
}
