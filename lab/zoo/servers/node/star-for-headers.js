// Stars for everything, which are only names once the call has credentials.
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', 'https://app.example');
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', '*');
  response.setHeader('Access-Control-Allow-Headers', '*');
  if (request.method === 'OPTIONS') {
    response.writeHead(204);
    return response.end();
  }
  response.setHeader('Content-Type', 'application/json');
  response.end('{"id":"8"}');
}).listen(process.env.PORT, '127.0.0.1');
