// The built server, with a bug that shows as soon as it has said that it is ready.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (chunk, ...rest) => {
  if (String(chunk).includes('is ready.')) setImmediate(() => void Promise.reject(new Error('out of the blue')));
  return write(chunk, ...rest);
};

await import('../../dist/main.js');
