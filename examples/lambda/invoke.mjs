// What the platform does: it loads the module once, and calls the handler often.
import { handler } from './handler.mjs';

for (const user of process.argv.slice(2)) {
  const answer = await handler({ user });
  console.log(`${answer.user}: ${answer.checkout} checkout, flags of ${answer.source === 'server' ? 'the server' : 'the code'}`);
}
