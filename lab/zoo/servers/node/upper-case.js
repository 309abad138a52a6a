// The origin is written in capitals; browsers compare letter by letter.
const http = require('http');

http.createServer((request, response) => {
  response.writeHead(200, { 'Access-Control-Allow-Origin': 'HTTPS://APP.EXAMPLE', 'Content-Type': 'application/json' });
  response.end('{}');
}).listen(process.env.PORT, '127.0.0.1');
