import { type AnyFlags, createClient, type FlagSet } from '@flagtree/client';
import { createTestClient, type FlagValues } from '@flagtree/client/testing';
import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Inject,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RequireFlagGuard } from './decorators/require-flag.guard.js';
import { Flags } from './flags.js';
import { registerProvider } from './open-feature.js';
import type { FlagtreeModuleOptions } from './options.js';
import { scopeRequests } from './request/hook.js';
import { FlagtreeScopeInterceptor } from './request/scope.interceptor.js';
import { RUNTIME, Runtime } from './runtime.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<FlagtreeModuleOptions>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createFlagtreeOptions')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/** In tests: what flags are, and how requests are read. */
export interface TestModuleOptions<F extends FlagSet> extends Pick<
  FlagtreeModuleOptions<F>,
  'flags' | 'context' | 'environments'
> {
  /** Default false: a flag that nobody has named is its fallback; true: it throws. */
  readonly strict?: boolean;
}

/** How clients are made. */
const MAKER = Symbol('flagtree.nest.maker');
type Maker = ConstructorParameters<typeof Runtime>[1];

/** Flagtree for an application: import it once, in its root module. `forRoot`, `forRootAsync`, and `forTest` without a server. */
@Module({
  providers: [
    { provide: MAKER, useValue: ((options) => createClient(options)) satisfies Maker },
    {
      provide: RUNTIME,
      inject: [MODULE_OPTIONS_TOKEN, MAKER],
      useFactory: (options: FlagtreeModuleOptions, make: Maker) => new Runtime(options, make),
    },
    { provide: Flags, inject: [RUNTIME], useFactory: (runtime: Runtime) => new Flags(runtime) },
    RequireFlagGuard,
    FlagtreeScopeInterceptor,
  ],
  exports: [RUNTIME, Flags, RequireFlagGuard, FlagtreeScopeInterceptor],
})
export class FlagtreeModule extends ConfigurableModuleClass implements NestModule, OnModuleInit, OnApplicationShutdown {
  private isHooked: boolean;

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {
    super();
    this.isHooked = scopeRequests(adapterHost, runtime);
  }

  /** No middleware: it is the last moment before there are routes, and Nest's testing gives the adapter after modules are made. */
  configure(): void {
    this.isHooked ||= scopeRequests(this.adapterHost, this.runtime);
  }

  /** No network: flags are as `values` says, and `withFlags` of `@flagtree/client/testing` changes them for one test. */
  static forTest<F extends FlagSet = AnyFlags>(values: FlagValues<F> = {}, options: TestModuleOptions<F> = {}): DynamicModule {
    const { strict = false, ...rest } = options;
    const make: Maker = ({ flags }) => createTestClient({ values, strict, ...(flags && { flags }) });
    const { providers = [], ...module } = FlagtreeModule.forRoot({ ...rest, waitForReady: false });
    return { ...module, providers: [...providers, { provide: MAKER, useValue: make }] };
  }

  /** @throws {NotReadyError} where flags are `required` and there are none: the application does not start */
  async onModuleInit(): Promise<void> {
    const { options, clients } = this.runtime;
    const { waitForReady = true, required = false, readyTimeout } = options;
    if (waitForReady || required)
      await clients.main.ready({ required, ...(readyTimeout !== undefined && { timeout: readyTimeout }) });
    await registerProvider(clients.main, options);
  }

  /** Of the whole process only what this module has made. */
  async onApplicationShutdown(): Promise<void> {
    await this.runtime.clients.close();
  }
}
