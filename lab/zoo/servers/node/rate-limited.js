// The gateway limits the rate, and its own 429 has no headers.
const http = require('http');

http.createServer((request, response) => {
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { 'Access-Control-Allow-Origin': 'https://app.example', 'Access-Control-Allow-Methods': 'PUT' });
    return response.end();
  }
  response.writeHead(429, { 'Retry-After': '60', 'Content-Type': 'application/json' });
  response.end('{"error":"too many requests"}');
}).listen(process.env.PORT, '127.0.0.1');
