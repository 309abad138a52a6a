// Healthy: what the API behind answers, for one origin, and preflights for it alone.
const ORIGIN = 'https://app.example';

export default {
  async fetch(request) {
    const isAllowed = request.headers.get('Origin') === ORIGIN;
    const headers = isAllowed ? { 'Access-Control-Allow-Origin': ORIGIN } : {};
    if (request.method === 'OPTIONS') {
      const lists = { 'Access-Control-Allow-Methods': 'GET, PUT', 'Access-Control-Allow-Headers': 'Content-Type' };
      return new Response(null, { status: 204, headers: { ...headers, ...(isAllowed && lists), Vary: 'Origin' } });
    }
    const { pathname, search } = new URL(request.url);
    const upstream = await fetch(new Request('http://127.0.0.1:{application}' + pathname + search, request));
    const response = new Response(upstream.body, upstream);
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    response.headers.append('Vary', 'Origin');
    return response;
  },
};
