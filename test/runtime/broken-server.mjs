// The built server, with a bug that shows some time after the start.
setTimeout(() => void Promise.reject(new Error('out of the blue')), 1_500);

await import('../../dist/main.js');
