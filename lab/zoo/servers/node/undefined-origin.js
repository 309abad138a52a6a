// The origin is read from the environment, where nobody has set it.
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', `${process.env.FRONTEND_ORIGIN}`);
  response.setHeader('Content-Type', 'application/json');
  response.end('{"id":"7"}');
}).listen(process.env.PORT, '127.0.0.1');
