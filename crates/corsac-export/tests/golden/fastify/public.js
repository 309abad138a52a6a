// The policy `app` for Fastify 5, made by `corsac export`.
// Save it as cors-policy.js; then app.register(require('./cors-policy')) before everything else.
// - headers on errors: requests that Fastify cannot read, and replies it has lost to `reply.hijack()`, have none
// - preflights before authentication: only where it is registered before authentication

const onActual = {
  'Access-Control-Expose-Headers': "*",
};
const onPreflight = {
  'Access-Control-Allow-Headers': "Content-Type, X-Api-Key",
  'Access-Control-Max-Age': "7200",
};

// What a request gets: the headers of whatever answers it, and a status where it is answered here.
function decide(method, header) {
  const isPreflight =
    method === 'OPTIONS' && header('origin') != null && header('access-control-request-method') != null;
  const headers = { 'Access-Control-Allow-Origin': '*', ...(isPreflight ? onPreflight : onActual) };
  return { status: isPreflight ? 204 : undefined, headers };
}

async function corsPolicy(fastify) {
  const decisionOn = (request) => decide(request.method, (name) => request.headers[name]);

  fastify.addHook('onRequest', async (request, reply) => {
    const { status } = decisionOn(request);
    if (status !== undefined) return reply.code(status).send();
  });

  // Instead of @fastify/cors, which comes before the handler alone: what a handler said about CORS goes here, and its Vary
  // is kept beside the policy's.
  fastify.addHook('onSend', async (request, reply) => {
    const { headers } = decisionOn(request);
    for (const name of Object.keys(reply.getHeaders())) {
      if (name.startsWith('access-control-')) reply.removeHeader(name);
    }
    reply.headers(headers);
  });
}

// As fastify-plugin does it: the hooks are for all that is around, and not for this plugin alone.
corsPolicy[Symbol.for('skip-override')] = true;
module.exports = corsPolicy;
