// Healthy: @fastify/cors before the routes, with what they need.
const app = require('fastify')();

app.register(require('@fastify/cors'), {
  origin: ['https://app.example'],
  methods: ['GET', 'PUT'],
  credentials: true,
});
app.put('/api/orders/:id', async (request) => ({ id: request.params.id }));

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
