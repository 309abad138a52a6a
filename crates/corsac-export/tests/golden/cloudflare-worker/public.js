// The policy `app` for Cloudflare, by a Worker in front, made by `corsac export`.
// Save it as src/index.js of a Worker, and give it a route of your zone: what it fetches is then your own server.
// - headers on errors: pages of Cloudflare's own, such as the firewall's or that of a Worker over its limits, have none
// - preflights before authentication: Cloudflare Access, the firewall and the protection against bots come before a Worker; let OPTIONS through there

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

export default {
  async fetch(request) {
    const decision = decide(request.method, (name) => request.headers.get(name));
    if (decision.status !== undefined) return finish(new Response(null, { status: decision.status }), decision);
    let response;
    try {
      response = await fetch(request);
    } catch {
      // A page can read that the server is away.
      response = new Response('Bad Gateway', { status: 502 });
    }
    return finish(response, decision);
  },
};
