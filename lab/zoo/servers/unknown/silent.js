// Not a word about CORS.
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end('{"id":"7"}');
}).listen(process.env.PORT, '127.0.0.1');
