// What is written to reply.raw goes past Fastify, and past the headers that @fastify/cors has set.
const app = require('fastify')();

// cors
app.register(require('@fastify/cors'), { origin: 'https://app.example' });
// end of cors

app.get('/api/events', (request, reply) => {
  reply.hijack();
  reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream' });
  reply.raw.end('data: 1\n\n');
});

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
