// Healthy: cors() for everything below /api, before the routes.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';

const app = new Hono();
app.use('/api/*', cors({ origin: 'https://app.example', credentials: true }));
app.put('/api/orders/:id', (c) => c.json({ id: c.req.param('id') }));

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
