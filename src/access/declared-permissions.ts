import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PERMISSION } from '../platform/http/permission-metadata.js';

const ROUTE_PATH = 'path';

/** Refuses to start while a route declares no permission: what is forgotten is closed, and noticed at once. */
@Injectable()
export class DeclaredPermissions implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const undeclared = this.discovery.getControllers().flatMap(({ instance, metatype, name }) => {
      const prototype = Object.getPrototypeOf(instance) as Record<string, (...args: unknown[]) => unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .map((method) => ({ method, handler: prototype[method] }))
        .filter(({ handler }) => handler !== undefined && Reflect.hasMetadata(ROUTE_PATH, handler))
        .filter(
          ({ handler }) =>
            this.reflector.getAllAndOverride<unknown>(PERMISSION, [handler as never, metatype as never]) === undefined,
        )
        .map(({ method }) => `${name}.${method}`);
    });
    if (undeclared.length > 0)
      throw new Error(`These routes declare no permission, so nobody could be let in: ${undeclared.join(', ')}.`);
  }
}
