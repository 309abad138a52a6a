// The origin is written without its scheme.
const http = require('http');

http.createServer((request, response) => {
  response.writeHead(200, { 'Access-Control-Allow-Origin': 'app.example', 'Content-Type': 'application/json' });
  response.end('{}');
}).listen(process.env.PORT, '127.0.0.1');
