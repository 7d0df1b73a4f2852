import { describe, expect, it } from '@jest/globals';
import { type DynamicModule, Injectable, Logger, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AppModule } from './app.module.js';
import { StateStore } from './audit/follow/state-store.js';
import { DatabaseAbsence } from './platform/health/database-absence.js';
import { readConfig } from './platform/config/read-config.js';

Logger.overrideLogger(false);

/** What a start hands over, without a directory and a database behind it: modules are put together, and nothing is begun. */
const PLATFORM = {
  config: readConfig({}),
  dataDirectory: {
    path: '/nowhere',
    writeSecret: () => Promise.reject(new Error('no directory')),
    readSecret: () => Promise.resolve(null),
    keepReserve: () => undefined,
    release: () => undefined,
  },
  databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing',
  absence: new DatabaseAbsence(),
};

type ModuleImport = Type | DynamicModule;

const { imports } = AppModule.forRoot(PLATFORM) as { imports: ModuleImport[] };
const classOf = (module: ModuleImport): Type => ('module' in module ? module.module : module);
const isGlobal = (module: ModuleImport): boolean => Reflect.getMetadata('__module:global__', classOf(module)) === true;
const infrastructure = imports.filter(isGlobal);
const features = imports.filter((module) => !isGlobal(module)).map((module) => ({ name: classOf(module).name, module }));

const build = (module: ModuleImport) => Test.createTestingModule({ imports: [...infrastructure, module] }).compile();

describe('each module', () => {
  it('is built from what it imports and the infrastructure, which alone is global', () => {
    expect(infrastructure.map((module) => classOf(module).name)).toEqual([
      'PlatformModule',
      'HealthModule',
      'MetricsModule',
      'TelemetryModule',
    ]);
    expect(features.length).toBeGreaterThanOrEqual(20);
  });

  it.each(features)('stands on its own: $name', async ({ module }) => {
    const built = await build(module);
    const providers = (Reflect.getMetadata('providers', classOf(module)) ?? []) as unknown[];
    for (const provider of providers)
      if (typeof provider === 'function') expect(built.get(provider, { strict: false })).toBeDefined();
  });

  it('fails where it uses what it does not import', async () => {
    @Injectable()
    class UsesTheState {
      constructor(readonly store: StateStore) {}
    }
    @Module({ providers: [UsesTheState] })
    class LackingModule {}
    await expect(build(LackingModule)).rejects.toThrow(/UsesTheState \(\?\).*StateStore.*LackingModule/s);
  });
});
