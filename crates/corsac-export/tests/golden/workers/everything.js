// The policy `app` for Cloudflare Workers, made by `corsac export`.
// Save it as cors-policy.js beside the Worker's main file; then export default withCors(worker) there, with withCors imported from it, and for worker what was the default.
// - headers on errors: pages of Cloudflare's own, such as the firewall's or that of a Worker over its limits, have none
// - preflights before authentication: Cloudflare Access, the firewall and the protection against bots come before a Worker; let OPTIONS through there

const origins = [
  "https://app.example",
  /^https:\/\/([a-z0-9_-]+\.)+app\.example$/,
  /^http:\/\/localhost(:[1-9][0-9]{0,4})?$/,
  "tauri://localhost",
  "https://xn--bcher-kva.example:8443",
];
const onActual = {
  'Access-Control-Allow-Credentials': "true",
  'Access-Control-Expose-Headers': "X-Request-Id, X-Total",
};
const onPreflight = {
  'Access-Control-Allow-Credentials': "true",
  'Access-Control-Allow-Methods': "PUT, PATCH, DELETE, QUERY",
  'Access-Control-Allow-Headers': "Authorization, Content-Type, X-Request-Id",
  'Access-Control-Max-Age': "7200",
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

// Around a Worker, an object or a class: it is asked for all but preflights, and whatever it answers has the headers.
export function withCors(worker) {
  if (typeof worker === 'function') {
    return class extends worker {
      fetch(request) {
        return answerTo(request, () => super.fetch(request));
      }
    };
  }
  return { ...worker, fetch: (request, ...rest) => answerTo(request, () => worker.fetch(request, ...rest)) };
}

async function answerTo(request, byWorker) {
  const decision = decide(request.method, (name) => request.headers.get(name));
  if (decision.status !== undefined) return finish(new Response(null, { status: decision.status }), decision);
  let response;
  try {
    response = await byWorker();
  } catch (error) {
    // A page can read that something broke.
    console.error(error);
    response = new Response('Internal Server Error', { status: 500 });
  }
  return finish(response, decision);
}
