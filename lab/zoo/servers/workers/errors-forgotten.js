// The origin is said back, whoever it is, but only where all went well.
export default {
  async fetch(request) {
    const headers = { 'Access-Control-Allow-Origin': request.headers.get('Origin') ?? '*' };
    if (request.method === 'OPTIONS') {
      headers['Access-Control-Allow-Methods'] = 'GET, PUT, DELETE';
      return new Response(null, { status: 204, headers });
    }
    const { pathname } = new URL(request.url);
    const upstream = await fetch('http://127.0.0.1:{application}' + pathname, request);
    if (!upstream.ok) return new Response('Something went wrong', { status: 502 });
    return new Response(upstream.body, { headers });
  },
};
