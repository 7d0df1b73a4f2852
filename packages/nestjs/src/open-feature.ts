import type { AnyFlags, FlagtreeClient } from '@flagtree/client';
import type { FlagtreeModuleOptions } from './options.js';

/** Gives OpenFeature's SDK a provider on the client of the application. One that is not ready yet says so by its events. */
export async function registerProvider(
  client: FlagtreeClient<AnyFlags>,
  { openFeature, readyTimeout }: FlagtreeModuleOptions,
): Promise<void> {
  if (!openFeature) return;
  const [{ FlagtreeProvider }, { OpenFeature }] = await Promise.all([
    import('@flagtree/openfeature'),
    import('@openfeature/server-sdk'),
  ]);
  const provider = FlagtreeProvider.over(client, readyTimeout === undefined ? {} : { readyTimeout });
  const setting =
    typeof openFeature === 'object'
      ? OpenFeature.setProviderAndWait(openFeature.domain, provider)
      : OpenFeature.setProviderAndWait(provider);
  await setting.catch(() => undefined);
}
