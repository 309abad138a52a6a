// Hooks run in the order in which they are added: the gate's is before the one of @fastify/cors.
const app = require('fastify')();

app.addHook('onRequest', async (request, reply) => {
  if (!request.headers.authorization) return reply.code(401).send({ error: 'no token' });
});
// cors
app.register(require('@fastify/cors'), { origin: 'https://app.example', methods: ['GET', 'PUT'] });
// end of cors

app.put('/api/orders/:id', async (request) => ({ id: request.params.id }));

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
