// The policy `app` for Fastify 5, made by `corsac export`.
// Save it as cors-policy.js; then app.register(require('./cors-policy')) before everything else. Where package.json says "type": "module", save it as cors-policy.cjs, and import corsPolicy from './cors-policy.cjs' instead.
// - headers on errors: requests that Fastify cannot read have none
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

// What a handler said about CORS goes; the policy's word stands alone.
function finish(response, { headers, vary }) {
  for (const name of response.getHeaderNames()) {
    if (name.startsWith('access-control-')) response.removeHeader(name);
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const wider = widerVary([].concat(response.getHeader('Vary') ?? []).join(', '), vary);
  if (wider !== undefined) response.setHeader('Vary', wider);
}

// Runs `change` when the head is about to be written, whoever writes it and however.
function beforeHead(response, change) {
  const writeHead = response.writeHead;
  response.writeHead = function (status, ...rest) {
    response.writeHead = writeHead;
    const message = typeof rest[0] === 'string' ? [rest.shift()] : [];
    const given = rest[0] ?? {};
    let pairs = Object.entries(given);
    if (Array.isArray(given)) {
      pairs = Array.isArray(given[0]) ? given : given.flatMap((_, at) => (at % 2 ? [] : [given.slice(at, at + 2)]));
    }
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) response.appendHeader(name, value);
    response.statusCode = status;
    change();
    return response.writeHead(status, ...message);
  };
}

async function corsPolicy(fastify) {
  // Instead of @fastify/cors, which comes before the handler alone: here the head is finished whoever writes it, Fastify or
  // a handler that writes to reply.raw.
  fastify.addHook('onRequest', async (request, reply) => {
    const decision = decide(request.method, (name) => request.headers[name]);
    beforeHead(reply.raw, () => finish(reply.raw, decision));
    if (decision.status !== undefined) return reply.code(decision.status).send();
  });
}

// As fastify-plugin does it: the hook is for all that is around, and not for this plugin alone.
corsPolicy[Symbol.for('skip-override')] = true;
module.exports = corsPolicy;
