import { applyDecorators, SetMetadata } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { routeConfig } from './route-config.js';

/** Metadata key of what a handler asks of its caller. A handler without it is refused at start-up: deny by default. */
export const PERMISSION = 'flagtree:permission';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route asks of its caller; nobody gets in without it. */
    permission?: unknown;
  }
}

/** Declares what a handler asks of its caller; on a controller, what those of its handlers do that declare nothing. */
export function declarePermission(permission: string): ClassDecorator & MethodDecorator {
  const onHandler = applyDecorators(SetMetadata(PERMISSION, permission), routeConfig({ permission }));
  return (target: object, method?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (method !== undefined && descriptor !== undefined) {
      onHandler(target, method, descriptor);
      return;
    }
    SetMetadata(PERMISSION, permission)(target as () => void);
    const { prototype } = target as { prototype: object };
    for (const [name, handler] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (isUndeclaredRoute(handler.value)) onHandler(prototype, name, handler);
    }
  };
}

const isUndeclaredRoute = (handler: unknown) =>
  typeof handler === 'function' && Reflect.hasMetadata(PATH_METADATA, handler) && !Reflect.hasMetadata(PERMISSION, handler);

/** Anybody may call this handler. It must give away nothing about flags. */
export const Public = () => declarePermission('public');
