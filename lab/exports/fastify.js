// An application behind exported policies: `/NUMBER/…` is governed by `policy_NUMBER.js` of the working folder. What a
// handler answers to `/NUMBER/case/INDEX` is in `inner.json`.
const fs = require('fs');
const http = require('http');
const path = require('path');
const fastify = require('fastify');

// Where an authentication is to be behind the lines, this is what a known caller sends.
const authorization = process.env.CORSAC_LAB_AUTHORIZATION;
const inner = JSON.parse(fs.readFileSync('inner.json', 'utf8'));

function handler(request, reply) {
  const index = /\/case\/(\d+)$/.exec(request.url);
  if (!index) throw new Error('a handler that fails');
  const { status, headers } = inner[index[1]];
  reply.code(status).header('X-Inner', 'asked');
  const lines = {};
  for (const [name, value] of headers) (lines[name] ??= []).push(value);
  for (const [name, values] of Object.entries(lines)) reply.header(name, values.length === 1 ? values[0] : values);
  reply.send();
}

const app = fastify();
for (const method of http.METHODS) {
  if (!app.supportedMethods.includes(method) && method !== 'CONNECT') app.addHttpMethod(method);
}
for (const file of fs.readdirSync('.')) {
  const number = /^policy_(\d+)\.js$/.exec(file);
  if (!number) continue;
  app.register(
    async (scope) => {
      scope.register(require(path.resolve(file)));
      if (authorization) {
        scope.addHook('onRequest', async (request, reply) => {
          if (request.headers.authorization === authorization) return;
          return reply.code(401).header('WWW-Authenticate', 'Basic realm="lab"').send();
        });
      }
      // By turns as applications do it: a path with a route of its own, whatever the method, and one without any.
      scope.all('/case/:index(^\\d*[02468]$)', handler);
      scope.setNotFoundHandler(handler);
    },
    { prefix: `/${number[1]}` },
  );
}
app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
