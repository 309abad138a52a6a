// The headers by hand, as matrix.toml has them.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
// gate
app.use('*', async (c, next) => {
  if (!c.req.header('Authorization')) return c.json({ error: 'who are you?' }, 401);
  await next();
});
// end of gate
// login
app.use('*', async (c, next) => {
  if (!c.req.header('Authorization')) return c.redirect('/login');
  await next();
});
// end of login
// cors
app.use('*', async (c, next) => {
  // preflight
  if (c.req.method === 'OPTIONS') {
    c.header('{preflight.name}', '{preflight.value}');
    return c.body(null, 204);
  }
  // end of preflight
  c.header('{answer.name}', '{answer.value}');
  // asking
  if (c.req.header('Origin')) c.header('Access-Control-Allow-Origin', c.req.header('Origin'));
  // end of asking
  await next();
});
// end of cors
app.on(['GET', 'PUT', 'DELETE'], '/api/*', (c) => {
  if (c.req.path === '/api/broken') return c.json({ error: 'no such customer' }, 500);
  if (c.req.path === '/api/counted') c.header('X-Total-Count', '42');
  if (c.req.path === '/api/catalogue') c.header('Cache-Control', 'public, s-maxage=600');
  return c.json({ id: '7' });
});

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
