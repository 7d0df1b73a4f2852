import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../../../..');
const PLACES = { 11: join(ROOT, 'test/nest-11/node_modules'), 12: join(ROOT, 'node_modules') };

export type NestVersion = keyof typeof PLACES;
export type Adapter = 'express' | 'fastify';

/**
 * `@nestjs/core` wants Express where a user has it: beside the server's Nest it has another name, so that no server is installed with it.
 */
const placeOf = (version: NestVersion, name: string): string =>
  version === 12 && name === 'platform-express'
    ? join(ROOT, 'node_modules/nest-platform-express')
    : join(PLACES[version], '@nestjs', name);

/** Whether npm has installed what an application of that version needs. */
export const isInstalled = (version: NestVersion, adapter: Adapter): boolean =>
  ['common', 'core', `platform-${adapter}`].every((name) => existsSync(placeOf(version, name)));

export interface Application {
  readonly url: string;
  /** The exit code, or the signal that ended it. */
  end(): Promise<number | NodeJS.Signals | null>;
}

export interface Start {
  readonly version: NestVersion;
  readonly adapter: Adapter;
  readonly env: Readonly<Record<string, string>>;
}

/** A Nest application in a process of its own, with the packages as they are built. Fails with what it wrote when it does not start. */
export async function startApplication({ version, adapter, env }: Start): Promise<Application> {
  const folder = installed(version, adapter);
  const child = spawn(process.execPath, [join(folder, 'main.mjs')], {
    env: { PATH: process.env['PATH'], ADAPTER: adapter, ...env },
  });
  let written = '';
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => {
      rmSync(folder, { recursive: true, force: true });
      resolve(code ?? signal);
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      written += chunk.toString();
      const [, found] = /listening on (\S+)/.exec(written) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void exited.then(() => { reject(new Error(`The application has ended: ${written}`)); }); // prettier-ignore
  });
  return {
    url,
    end: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** As a user's folder has it: the packages are copies, so that they find that version of Nest. */
function installed(version: NestVersion, adapter: Adapter): string {
  const folder = mkdtempSync(join(tmpdir(), `flagtree-nest-${version}-`));
  const modules = join(folder, 'node_modules');
  for (const name of ['client', 'openfeature', 'nestjs']) {
    const place = join(modules, '@flagtree', name);
    mkdirSync(place, { recursive: true });
    for (const part of ['dist', 'package.json'])
      cpSync(join(ROOT, 'packages', name, part), join(place, part), { recursive: true });
  }
  mkdirSync(join(modules, '@nestjs'));
  for (const name of ['common', 'core', `platform-${adapter}`])
    symlinkSync(placeOf(version, name), join(modules, '@nestjs', name), 'junction');
  for (const name of ['rxjs', 'reflect-metadata']) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  writeFileSync(join(folder, 'main.mjs'), transpiled());
  return folder;
}

function transpiled(): string {
  const source = readFileSync(join(import.meta.dirname, 'main.ts'), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      verbatimModuleSyntax: false,
    },
  });
  return outputText;
}
