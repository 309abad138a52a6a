// A right server, over plain http.
const http = require('http');

http.createServer((request, response) => {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (origin) response.setHeader('Access-Control-Allow-Origin', origin);
  if (request.method === 'OPTIONS') return response.writeHead(204).end();
  response.setHeader('Content-Type', 'application/json');
  response.end('{}');
}).listen(process.env.PORT, '127.0.0.1');
