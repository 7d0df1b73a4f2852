// Asks Flagtree for one flag with the stock OpenFeature SDK. Usage: node checkout.mjs [environment]
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';

const { FLAGTREE_URL = 'http://127.0.0.1:3000', FLAGTREE_TOKEN } = process.env;
const [environment] = process.argv.slice(2);
if (!FLAGTREE_TOKEN) throw new Error('Set FLAGTREE_TOKEN to a token of the server at ' + FLAGTREE_URL);

const headers = [['Authorization', `Bearer ${FLAGTREE_TOKEN}`]];
// A token for a single environment needs no header: the server knows which one is meant.
if (environment) headers.push(['X-Environment', environment]);

await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: FLAGTREE_URL, headers }));
const flags = OpenFeature.getClient();

for (const targetingKey of ['ann', 'bob', 'cleo', 'dave', 'eve']) {
  // false is what this program does when there is no answer: no network, no such flag, a flag of another type.
  const { value, reason, errorCode, errorMessage, flagMetadata } = await flags.getBooleanDetails('express-checkout', false, {
    targetingKey,
  });
  const from = flagMetadata.inheritedFrom ? `, inherited from ${flagMetadata.inheritedFrom}` : '';
  console.log(`${targetingKey}: ${value ? 'new checkout' : 'old checkout'} (${errorCode ?? reason}${from})`);
  // Empty for 401 and 403, whose answers the stock provider does not read: ask with curl, as the page that belongs to this example says.
  if (errorCode)
    console.error(errorMessage || 'The server gave no message. Is the token right, and may it see this environment?');
}
await OpenFeature.close();
