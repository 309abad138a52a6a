// The policy `app` for Hono 4, made by `corsac export`.
// Save it as cors-policy.mjs; then app.use(cors), with cors imported from it, before everything else.
// - headers on errors: what a handler throws that is no `Error` passes Hono by, and has none
// - preflights before authentication: only where it is used before authentication

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

// Instead of hono/cors, which grants every header that is asked for where none is listed, and answers every OPTIONS itself.
export async function cors(c, next) {
  const decision = decide(c.req.method, (name) => c.req.raw.headers.get(name));
  if (decision.status === undefined) await next();
  const response = decision.status === undefined ? c.res : new Response(null, { status: decision.status });
  // Hono adds the headers of the response that was there before to a new one, unless it is taken away first.
  c.res = undefined;
  c.res = finish(response, decision);
}
