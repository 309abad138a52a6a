// The policy `app` for Fastify 5, made by `corsac export`.
// Save it as cors-policy.js; then app.register(require('./cors-policy')) before everything else.
// - headers on errors: requests that Fastify cannot read, and replies it has lost to `reply.hijack()`, have none
// - preflights before authentication: only where it is registered before authentication

const origins = [
  "https://app.example",
  "https://admin.example:8443",
];
const onActual = {
  'Access-Control-Allow-Credentials': "true",
};
const onPreflight = {
  'Access-Control-Allow-Credentials': "true",
  'Access-Control-Allow-Methods': "PUT, DELETE",
  'Access-Control-Allow-Headers': "Authorization, Content-Type",
  'Access-Control-Max-Age': "600",
};

function isAllowed(origin) {
  return origins.some((entry) => (typeof entry === 'string' ? entry === origin : entry.test(origin)));
}

// What a request gets: the headers of whatever answers it, what they depend on, and a status where it is answered here.
function decide(method, header) {
  const origin = header('origin');
  const isCors = origin != null;
  const isPreflight = isCors && method === 'OPTIONS' && header('access-control-request-method') != null;
  const vary = ['Origin'];
  if (!isCors || !isAllowed(origin)) {
    return { status: isPreflight ? 403 : undefined, headers: {}, vary };
  }
  const headers = { 'Access-Control-Allow-Origin': origin, ...(isPreflight ? onPreflight : onActual) };
  return { status: isPreflight ? 204 : undefined, headers, vary };
}

// `Vary` with all that the answer depends on, or nothing where it says so already.
function widerVary(said, names) {
  const listed = (said ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const known = listed.map((name) => name.toLowerCase());
  const missing = known.includes('*') ? [] : names.filter((name) => !known.includes(name.toLowerCase()));
  return missing.length > 0 ? [...listed, ...missing].join(', ') : undefined;
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
    const { headers, vary } = decisionOn(request);
    for (const name of Object.keys(reply.getHeaders())) {
      if (name.startsWith('access-control-')) reply.removeHeader(name);
    }
    reply.headers(headers);
    const wider = widerVary([].concat(reply.getHeader('Vary') ?? []).join(', '), vary);
    if (wider !== undefined) reply.header('Vary', wider);
  });
}

// As fastify-plugin does it: the hooks are for all that is around, and not for this plugin alone.
corsPolicy[Symbol.for('skip-override')] = true;
module.exports = corsPolicy;
