// The handler answers, and cors() below it never runs.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
// cors
import { cors } from 'hono/cors';
// end of cors

const app = new Hono();
app.get('/api/orders/:id', (c) => c.json({ id: c.req.param('id') }));
// cors
app.use('*', cors({ origin: 'https://app.example' }));
// end of cors

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
