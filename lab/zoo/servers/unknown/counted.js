// Healthy: the header that the page reads is exposed.
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'X-Total-Count');
  response.setHeader('X-Total-Count', '42');
  response.setHeader('Content-Type', 'application/json');
  response.end('[]');
}).listen(process.env.PORT, '127.0.0.1');
