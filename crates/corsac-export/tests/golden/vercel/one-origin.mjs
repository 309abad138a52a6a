// The policy `app` for Vercel Functions, made by `corsac export`.
// Save it as cors-policy.mjs beside the api folder; in api/hello.mjs: export default { fetch: withCors(handler) }.
// - headers on errors: pages of Vercel's own, such as that of a function over its time or of a path without one, have none
// - preflights before authentication: Deployment Protection comes first, and has an OPTIONS Allowlist; so does a Routing Middleware of your own

const origins = [
  "https://app.example",
];
const onActual = {};
const onPreflight = {
  'Access-Control-Allow-Methods': "PUT",
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

// Around functions, not in vercel.json, whose headers are the same for every origin, and not in a Routing Middleware, which
// never sees the response.
export function withCors(handler) {
  return async function (request, ...rest) {
    const decision = decide(request.method, (name) => request.headers.get(name));
    if (decision.status !== undefined) return finish(new Response(null, { status: decision.status }), decision);
    let response;
    try {
      response = await handler(request, ...rest);
    } catch (error) {
      // A page can read that the function failed.
      console.error(error);
      response = new Response('Internal Server Error', { status: 500 });
    }
    return finish(response, decision);
  };
}
