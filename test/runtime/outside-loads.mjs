// The built server, which tells at its end what it has loaded from packages instead of from its bundle.
import Module from 'node:module';

const outside = new Set();
const load = Module._load;
Module._load = (request, parent, isMain) => {
  const [, name] = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)(?!.*node_modules)/.exec(resolved(request, parent)) ?? [];
  if (name) outside.add(name.replace('\\', '/'));
  return load(request, parent, isMain);
};
process.on('exit', () => {
  console.error(`loaded from outside: ${JSON.stringify([...outside].sort())}`);
});

function resolved(request, parent) {
  try {
    return Module._resolveFilename(request, parent);
  } catch {
    return ''; // looked for, and not there
  }
}

await import('../../dist/main.js');
