// An application behind exported policies: `/NUMBER/…` is governed by `policy_NUMBER.mjs` of the working folder. What a
// handler answers to `/NUMBER/case/INDEX` is in `inner.json`.
const fs = require('fs');
const path = require('path');
const { Hono } = require('hono');
const { serve } = require('@hono/node-server');

// Where an authentication is to be behind the lines, this is what a known caller sends.
const authorization = process.env.CORSAC_LAB_AUTHORIZATION;
const inner = JSON.parse(fs.readFileSync('inner.json', 'utf8'));

function handler(c) {
  const index = /\/case\/(\d+)$/.exec(c.req.path);
  if (!index) throw new Error('a handler that fails');
  const { status, headers } = inner[index[1]];
  // By turns as handlers do it: through the context, and with a response of their own.
  if (index[1] % 2) {
    c.status(status);
    c.header('X-Inner', 'asked');
    for (const [name, value] of headers) c.header(name, value, { append: true });
    return c.body(null);
  }
  return new Response(null, { status, headers: [['X-Inner', 'asked'], ...headers] });
}

async function start() {
  const app = new Hono();
  for (const file of fs.readdirSync('.')) {
    const number = /^policy_(\d+)\.mjs$/.exec(file);
    if (!number) continue;
    const { cors } = await import(path.resolve(file));
    app.use(`/${number[1]}/*`, cors);
  }
  if (authorization) {
    app.use(async (c, next) => {
      if (c.req.header('Authorization') === authorization) await next();
      else return c.body(null, 401, { 'WWW-Authenticate': 'Basic realm="lab"' });
    });
  }
  app.all('*', handler);
  app.onError((_, c) => c.text('it failed', 500));
  serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
}
start();
