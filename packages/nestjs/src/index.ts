export { type FlagDecorators, flagDecorators } from './decorators/flag-decorators.js';
export { type Required, RequireFlag, type RequireFlagOptions } from './decorators/require-flag.js';
export { Flag, FlagDetails, RequestEnvironment } from './decorators/values.js';
export { Flags } from './flags.js';
export { FlagtreeModule, type TestModuleOptions } from './module.js';
export type {
  ContextOf,
  ContextSource,
  FlagtreeModuleOptions,
  FlagtreeOptionsFactory,
  RequestEnvironmentOptions,
} from './options.js';
export { fromHeaders, type HeaderNames } from './request/from-headers.js';
export { FlagtreeScopeInterceptor } from './request/scope.interceptor.js';
