// Preloaded: what is piped in is taken for somebody who types.
for (const stream of [process.stdin, process.stderr]) Object.defineProperty(stream, 'isTTY', { value: true });
