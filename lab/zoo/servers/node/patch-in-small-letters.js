// The list has PATCH; the page writes `patch`, which browsers send as it is.
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', 'https://app.example');
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { 'Access-Control-Allow-Methods': 'PATCH' });
    return response.end();
  }
  response.setHeader('Content-Type', 'application/json');
  response.end('{"id":"7"}');
}).listen(process.env.PORT, '127.0.0.1');
