// The policy `app` for Netlify Edge Functions, made by `corsac export`.
// Save it as netlify/edge-functions/cors-policy.js; `path` says what it governs.
// - headers on errors: pages of Netlify's own, such as the firewall's or that of an Edge Function that failed, have none
// - preflights before authentication: the firewall and the protection of a site by a password come before Edge Functions

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

// An Edge Function, not _headers, whose values are the same for every origin, and are not on what functions answer.
export default async function cors(request, context) {
  const decision = decide(request.method, (name) => request.headers.get(name));
  if (decision.status !== undefined) return finish(new Response(null, { status: decision.status }), decision);
  let response;
  try {
    response = await context.next();
  } catch (error) {
    // A page can read that what is behind failed.
    console.error(error);
    response = new Response('Bad Gateway', { status: 502 });
  }
  return finish(response, decision);
}

export const config = { path: '/*' };
