// A bot filter answers everything itself, with a page for people.
const http = require('http');

http.createServer((request, response) => {
  response.writeHead(403, { Server: 'cloudflare', 'CF-RAY': '8f1d2c3b4a5e6f70-FRA', 'cf-mitigated': 'challenge', 'Content-Type': 'text/html' });
  response.end('<!doctype html><title>Just a moment...</title>');
}).listen(process.env.PORT, '127.0.0.1');
