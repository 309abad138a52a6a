// The headers by hand, as matrix.toml has them.
const app = require('fastify')();

// gate
app.addHook('onRequest', async (request, reply) => {
  if (!request.headers.authorization) return reply.code(401).send({ error: 'who are you?' });
});
// end of gate
// login
app.addHook('onRequest', async (request, reply) => {
  if (!request.headers.authorization) return reply.redirect('/login');
});
// end of login
// cors
app.addHook('onRequest', async (request, reply) => {
  // preflight
  if (request.method === 'OPTIONS') {
    reply.raw.appendHeader('{preflight.name}', '{preflight.value}');
    return reply.code(204).send();
  }
  // end of preflight
  reply.raw.appendHeader('{answer.name}', '{answer.value}');
  // asking
  if (request.headers.origin) reply.raw.appendHeader('Access-Control-Allow-Origin', request.headers.origin);
  // end of asking
});
// end of cors

app.route({
  method: ['GET', 'PUT', 'DELETE'],
  url: '/api/*',
  handler: async (request, reply) => {
    if (request.url === '/api/broken') return reply.code(500).send({ error: 'no such customer' });
    if (request.url === '/api/counted') reply.header('X-Total-Count', '42');
    if (request.url.startsWith('/api/catalogue')) reply.header('Cache-Control', 'public, s-maxage=600');
    return { id: '7' };
  },
});

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
