// Healthy: no token, so 401, and the page can read it.
const http = require('http');

http.createServer((request, response) => {
  const { origin, authorization } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (origin === 'https://app.example') response.setHeader('Access-Control-Allow-Origin', origin);
  if (request.method === 'OPTIONS') {
    return response.writeHead(204, { 'Access-Control-Allow-Headers': 'authorization' }).end();
  }
  response.setHeader('Content-Type', 'application/json');
  if (authorization) return response.end('{}');
  response.writeHead(401, { 'WWW-Authenticate': 'Bearer' });
  response.end('{"error":"no token"}');
}).listen(process.env.PORT, '127.0.0.1');
