// allowHeaders was written before the API asked for a token.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
// cors
import { cors } from 'hono/cors';
// end of cors

const app = new Hono();
// cors
app.use('*', cors({ origin: 'https://app.example', allowHeaders: ['Content-Type'] }));
// end of cors
app.get('/api/orders/:id', (c) => c.json({ id: c.req.param('id') }));

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
