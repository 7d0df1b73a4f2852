// Loaded into a server whose memory is measured (node --expose-gc --import): what it holds is known only once what it has dropped is gone.
process.on('SIGUSR2', () => globalThis.gc());
