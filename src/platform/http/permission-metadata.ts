import { SetMetadata } from '@nestjs/common';

/** Metadata key of what a handler asks of its caller. A handler without it is refused at start-up: deny by default. */
export const PERMISSION = 'flagtree:permission';

/** Anybody may call this handler. It must give away nothing about flags. */
export const Public = () => SetMetadata(PERMISSION, 'public');
