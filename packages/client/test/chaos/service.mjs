// A service that evaluates all the time, and tells each thing that happens to its client as a line of JSON. It ends when its input does.
import { createClient } from '@flagtree/client';

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const keys = (process.env.KEYS ?? '').split(',');
const contexts = JSON.parse(process.env.CONTEXTS ?? '[]');

const flags = createClient({
  ...{ environment: 'production', overrides: false, logger: false, pollInterval: '1s', headTimeout: '1s', requestTimeout: '2s' },
});
flags.on('change', ({ revision }) => tell({ revision }));
flags.on('state', ({ from, to }) => tell({ from, to }));
flags.on('problem', ({ code }) => tell({ problem: code }));

const evaluating = setInterval(() => {
  for (const context of contexts) for (const key of keys) flags.details(key, null, context);
}, 5);
const telling = setInterval(() => tell({ etag: flags.status().etag, state: flags.status().state, answers: answers() }), 200);

function answers() {
  return contexts.map((context) => keys.map((key) => flags.boolean(key, false, context)));
}

process.stdin.resume().on('end', async () => {
  clearInterval(evaluating);
  clearInterval(telling);
  await flags.close();
  tell({ closed: true });
});
