// Healthy: a list, Vary, and an answer to OPTIONS.
const http = require('http');

const allowed = new Set(['https://app.example']);

http.createServer((request, response) => {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (allowed.has(origin)) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { 'Access-Control-Allow-Methods': 'GET, PUT', 'Access-Control-Allow-Headers': 'content-type' });
    return response.end();
  }
  response.setHeader('Content-Type', 'application/json');
  response.end('{"id":"7"}');
}).listen(process.env.PORT, '127.0.0.1');
