// PUT was allowed by today's release; the cache in front still has yesterday's answer to the preflight.
const http = require('http');

let methods = 'GET';

http.createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', 'https://app.example');
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { 'Access-Control-Allow-Methods': methods });
    methods = 'GET, PUT';
    return response.end();
  }
  response.setHeader('Content-Type', 'application/json');
  response.end('{}');
}).listen(process.env.PORT, '127.0.0.1');
