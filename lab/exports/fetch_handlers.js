// What Vercel and Netlify are to exported policies, as far as a policy sees them: `/NUMBER/…` is governed by `policy_NUMBER` of
// the working folder. What the application answers to `/NUMBER/case/INDEX` is in `inner.json`.
const fs = require('fs');
const http = require('http');
const path = require('path');
const { getRequestListener } = require('@hono/node-server');

// Both take the files for modules of the standard, whatever they end with.
fs.writeFileSync('package.json', '{ "type": "module" }');
// Where an authentication is to be behind the lines, this is what a known caller sends.
const authorization = process.env.CORSAC_LAB_AUTHORIZATION;
const inner = JSON.parse(fs.readFileSync('inner.json', 'utf8'));

function application(request) {
  if (authorization && request.headers.get('Authorization') !== authorization) {
    return new Response(null, { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="lab"' } });
  }
  const index = /\/case\/(\d+)$/.exec(new URL(request.url).pathname);
  if (!index) throw new Error('an application that fails');
  const { status, headers } = inner[index[1]];
  return new Response(null, { status, headers: [['X-Inner', 'asked'], ...headers] });
}

// A function of Vercel is the application, in its wrapper; to an Edge Function of Netlify it is what comes next.
function handlerOf(policy) {
  if (policy.withCors) return policy.withCors(async (request) => application(request));
  return (request) => policy.default(request, { next: async () => application(request) });
}

async function start() {
  console.error = () => {};
  const handlers = {};
  for (const file of fs.readdirSync('.')) {
    const number = /^policy_(\d+)\.m?js$/.exec(file);
    if (number) handlers[number[1]] = handlerOf(await import(path.resolve(file)));
  }
  const answer = (request) => handlers[new URL(request.url).pathname.split('/')[1]](request);
  http.createServer(getRequestListener(answer)).listen(process.env.PORT, '127.0.0.1');
}
start();
