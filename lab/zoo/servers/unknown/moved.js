// The API has moved to another address, and the redirect there lacks the headers.
const http = require('http');

http.createServer((request, response) => {
  if (request.url.startsWith('/v2/')) {
    response.writeHead(200, { 'Access-Control-Allow-Origin': 'https://app.example', 'Content-Type': 'application/json' });
    return response.end('{}');
  }
  response.writeHead(301, { Location: '/v2' + request.url });
  response.end();
}).listen(process.env.PORT, '127.0.0.1');
