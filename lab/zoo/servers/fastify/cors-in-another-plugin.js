// A plugin's hooks are for its own routes: this one governs the public part alone.
const app = require('fastify')();

app.register(async (site) => {
  // cors
  site.register(require('@fastify/cors'), { origin: 'https://app.example' });
  // end of cors
  site.get('/public', async () => 'hello');
});
app.register(async (api) => {
  api.get('/api/orders/:id', async (request) => ({ id: request.params.id }));
});

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
