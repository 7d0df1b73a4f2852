import Fastify from 'fastify';

/** A bare Fastify that answers with the bytes it is told to: what any server on Fastify could reach at best. */
const fastify = Fastify();
const answers = new Map();

fastify.post('/:name', (request, reply) => {
  const { status, headers, body } = answers.get(request.params.name);
  for (const [name, value] of headers) reply.header(name, value);
  reply.status(status).send(body);
});

process.on('message', ({ name, answer }) => {
  answers.set(name, answer);
  process.send({ told: name });
});
process.on('disconnect', () => process.exit());
const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
process.send({ url });
