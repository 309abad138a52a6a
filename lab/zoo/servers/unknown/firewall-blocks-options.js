// A firewall lets GET through to the API, and blocks OPTIONS with a page of its own.
const http = require('http');

http.createServer((request, response) => {
  if (request.method === 'OPTIONS') {
    response.writeHead(403, { Server: 'cloudflare', 'CF-RAY': '8f1d2c3b4a5e6f70-FRA', 'Content-Type': 'text/html' });
    return response.end('<!doctype html><title>Attention Required! | Cloudflare</title>');
  }
  response.writeHead(200, { Server: 'cloudflare', 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': 'https://app.example' });
  response.end('{"id":"7"}');
}).listen(process.env.PORT, '127.0.0.1');
