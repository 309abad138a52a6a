// The policy `app` for Vercel Functions, made by `corsac export`.
// Save it as cors-policy.mjs beside the api folder; in api/hello.mjs: export default { fetch: withCors(handler) }.
// - headers on errors: pages of Vercel's own, such as that of a function over its time or of a path without one, have none
// - preflights before authentication: Deployment Protection comes first, and has an OPTIONS Allowlist; so does a Routing Middleware of your own

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

// What the application said about CORS goes; the policy's word stands alone.
function finish(response, { headers }) {
  const answer = new Response(response.body, response);
  for (const name of [...answer.headers.keys()]) {
    if (name.startsWith('access-control-')) answer.headers.delete(name);
  }
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
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
