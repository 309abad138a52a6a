// The headers by hand, as matrix.toml has them. No step says that they go: the printed lines do with them.
const api = ({ method, url }) => {
  const { pathname } = new URL(url);
  if (!['GET', 'PUT', 'DELETE'].includes(method)) return new Response(null, { status: 405 });
  if (pathname === '/api/broken') return Response.json({ error: 'no such customer' }, { status: 500 });
  if (pathname === '/api/counted') return Response.json({ id: '7' }, { headers: { 'X-Total-Count': '42' } });
  if (pathname === '/api/catalogue') return Response.json({ id: '7' }, { headers: { 'Cache-Control': 'public, s-maxage=600' } });
  return Response.json({ id: '7' });
};

export default {
  async fetch(request) {
    // gate
    if (!request.headers.has('Authorization')) return new Response(null, { status: 401 });
    // end of gate
    // login
    if (!request.headers.has('Authorization')) return Response.redirect(new URL('/login', request.url), 302);
    // end of login
    // preflight
    if (request.method === 'OPTIONS') {
      const headers = new Headers();
      headers.append('{preflight.name}', '{preflight.value}');
      return new Response(null, { status: 204, headers });
    }
    // end of preflight
    const response = api(request);
    response.headers.append('{answer.name}', '{answer.value}');
    // asking
    const origin = request.headers.get('Origin');
    if (origin) response.headers.append('Access-Control-Allow-Origin', origin);
    // end of asking
    return response;
  },
};
