// The headers are on every answer, and OPTIONS falls through to the one for what nobody knows.
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', 'https://app.example');
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type');
  response.setHeader('Content-Type', 'application/json');
  if (request.method === 'POST' && request.url === '/api/orders') {
    response.writeHead(201);
    response.end('{"id":"8"}');
  } else {
    response.writeHead(404);
    response.end('{"error":"not found"}');
  }
}).listen(process.env.PORT, '127.0.0.1');
