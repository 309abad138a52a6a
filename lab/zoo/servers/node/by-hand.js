// The headers by hand, as matrix.toml has them. No step says that they go: the printed lines do with them.
const http = require('http');

http.createServer((request, response) => {
  // gate
  if (!request.headers.authorization) return response.writeHead(401).end();
  // end of gate
  // login
  if (!request.headers.authorization) return response.writeHead(302, { Location: '/login' }).end();
  // end of login
  // preflight
  if (request.method === 'OPTIONS') {
    response.appendHeader('{preflight.name}', '{preflight.value}');
    return response.writeHead(204).end();
  }
  // end of preflight
  response.appendHeader('{answer.name}', '{answer.value}');
  // asking
  if (request.headers.origin) response.appendHeader('Access-Control-Allow-Origin', request.headers.origin);
  // end of asking

  if (request.method === 'OPTIONS') return response.writeHead(405).end();
  if (request.url === '/api/broken') return response.writeHead(500).end('{"error":"no such customer"}');
  if (request.url === '/api/counted') response.setHeader('X-Total-Count', '42');
  if (request.url.startsWith('/api/catalogue')) response.setHeader('Cache-Control', 'public, s-maxage=600');
  response.setHeader('Content-Type', 'application/json');
  response.end('{"id":"7"}');
}).listen(process.env.PORT, '127.0.0.1');
