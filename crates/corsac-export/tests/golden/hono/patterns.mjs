// The policy `app` for Hono 4, made by `corsac export`.
// Save it as cors-policy.mjs; then app.use(cors), with cors imported from it, before everything else.
// - headers on errors: what a handler throws that is no `Error` passes Hono by, and has none
// - preflights before authentication: only where it is used before authentication

const origins = [
  /^https:\/\/([a-z0-9_-]+\.)+app\.example$/,
  /^http:\/\/localhost(:[1-9][0-9]{0,4})?$/,
  /^https:\/\/([a-z0-9_-]+\.)+dev\.example(:[1-9][0-9]{0,4})?$/,
  /^http:\/\/\[::1\](:[1-9][0-9]{0,4})?$/,
];
const onActual = {};
const onPreflight = {
  'Access-Control-Allow-Headers': "Content-Type",
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

// What the application said about CORS goes; the policy's word stands alone.
function finish(response, { headers, vary }) {
  const answer = new Response(response.body, response);
  for (const name of [...answer.headers.keys()]) {
    if (name.startsWith('access-control-')) answer.headers.delete(name);
  }
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  const wider = widerVary(answer.headers.get('Vary'), vary);
  if (wider !== undefined) answer.headers.set('Vary', wider);
  return answer;
}

// Instead of hono/cors, which grants every header that is asked for where none is listed, and answers every OPTIONS itself.
export async function cors(c, next) {
  const decision = decide(c.req.method, (name) => c.req.raw.headers.get(name));
  if (decision.status === undefined) await next();
  const response = decision.status === undefined ? c.res : new Response(null, { status: decision.status });
  // Hono adds the headers of the response that was there before to a new one, unless it is taken away first.
  c.res = undefined;
  c.res = finish(response, decision);
}
