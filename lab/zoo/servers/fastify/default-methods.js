// @fastify/cors allows GET, HEAD and POST unless it is told otherwise.
const app = require('fastify')();

// cors
app.register(require('@fastify/cors'), { origin: 'https://app.example' });
// end of cors

app.delete('/api/orders/:id', async (request, reply) => reply.code(204).send());

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
