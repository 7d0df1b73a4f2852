import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Block, ROOT } from './markdown.js';

interface Server {
  url: string;
  adminToken: string;
  databaseUrl: string;
}

/** What a command did: `code` is null for success, else the HTTP status or SQLSTATE of the refusal, or the exit code. */
export interface Outcome {
  refused: string | null;
  output: string;
}

const DOCUMENTED_URL = 'http://127.0.0.1:3000';
const HTTP_ERROR = 22;

/** What of a checkout the pages use. */
const CHECKOUT = ['examples', 'migrations', 'package.json', 'scripts', 'sql'];

/** Somebody who follows a page from top to bottom: one shell, one psql, in a directory where a server was started. */
export class Reader {
  private readonly directory = mkdtempSync(join(tmpdir(), 'flagtree-docs-'));
  private readonly database: pg.Client;

  private constructor(private readonly server: Server) {
    mkdirSync(join(this.directory, '.flagtree'));
    writeFileSync(join(this.directory, '.flagtree', 'admin-token'), server.adminToken, { mode: 0o600 });
    writeFileSync(join(this.directory, '.curlrc'), 'fail-with-body\nshow-error\n');
    writeFileSync(join(this.directory, 'session.sh'), '');
    // Copies, not links: no package is found there that only a developer has installed.
    for (const name of CHECKOUT) {
      cpSync(join(ROOT, name), join(this.directory, name), {
        recursive: true,
        filter: (path) => !path.endsWith('node_modules'),
      });
    }
    this.database = new pg.Client({ connectionString: server.databaseUrl });
  }

  static async of(server: Server): Promise<Reader> {
    const reader = new Reader(server);
    await reader.database.connect();
    return reader;
  }

  /** After `npm ci`: with all packages, those of the repository too. */
  install(): void {
    symlinkSync(join(ROOT, 'node_modules'), join(this.directory, 'node_modules'), 'junction');
  }

  /** Files at the top of the work tree that were not there before. */
  leftBehind(): string[] {
    return readdirSync(this.directory).filter((name) => !name.startsWith('.') && ![...CHECKOUT, 'session.sh'].includes(name));
  }

  async close(): Promise<void> {
    await this.database.end();
    rmSync(this.directory, { recursive: true });
  }

  run({ language, text }: Block): Promise<Outcome> {
    if (language === 'bash') return Promise.resolve(this.bash(text));
    if (language === 'sql') return this.sql(text);
    throw new Error(`Nobody knows how to run ${language}`);
  }

  /** Real bash and curl. Variables live on from block to block; an HTTP error counts as a failure, wherever it happens. */
  private bash(text: string): Outcome {
    const script = [
      'source ./session.sh; set -aeo pipefail',
      text.replaceAll(DOCUMENTED_URL, this.server.url),
      'export -p > ./session.sh',
    ].join('\n');
    const env = { ...process.env, CURL_HOME: this.directory, npm_config_prefer_offline: 'true' };
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: this.directory,
      env,
      encoding: 'utf8',
      timeout: 50_000,
    });
    const output = stdout + stderr;
    if (status === 0) return { refused: null, output };
    const problem = /"status":(\d{3})/.exec(stdout)?.[1];
    return { refused: status === HTTP_ERROR && problem !== undefined ? problem : `exit ${String(status)}`, output };
  }

  /** As psql would, as far as it can be told without the widths of its columns. */
  private async sql(text: string): Promise<Outcome> {
    try {
      const results = await this.database.query({ text, rowMode: 'array' });
      return { refused: null, output: [results].flat().map(asTable).join('\n') };
    } catch (error) {
      const { code, message } = error as pg.DatabaseError;
      return { refused: code ?? 'unknown', output: `ERROR: ${message}` };
    }
  }
}

function asTable({ command, rowCount, fields, rows }: pg.QueryArrayResult): string {
  if (fields.length === 0) return rowCount === null ? command : `${command} ${String(rowCount)}`;
  const lines = [fields.map(({ name }) => name), ...rows.map((row) => row.map(asText))].map((cells) => cells.join(' | '));
  return [...lines, rows.length === 1 ? '(1 row)' : `(${String(rows.length)} rows)`].join('\n');
}

function asText(value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(asText).join(',')}}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether the output holds what the page prints: all of it but `…`, in this order; blanks and rulers do not count. */
export function holds(output: string, documented: string): boolean {
  const actual = bare(output);
  let from = 0;
  for (const piece of documented.split('…').map(bare)) {
    const at = actual.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return true;
}

const bare = (text: string) => text.replace(/^[-+]+$/gm, '').replace(/\s+/g, '');
