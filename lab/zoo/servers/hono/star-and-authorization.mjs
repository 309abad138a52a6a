// `*` for the request headers: whether it covers Authorization is for the browser to say.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';

const app = new Hono();
app.use('*', cors({ origin: 'https://app.example', allowHeaders: ['*'] }));
app.get('/api/orders/:id', (c) => c.json({ id: c.req.param('id') }));

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
