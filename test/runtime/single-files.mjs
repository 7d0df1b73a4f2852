// The server as `nest build` leaves it: from its single files, without the bundle.
const { run } = await import('../../dist/start/server.js');
await run(process.env);
