// An image that its server keeps to its own pages, by Cross-Origin-Resource-Policy.
const http = require('http');

http.createServer((request, response) => {
  response.writeHead(200, { 'Cross-Origin-Resource-Policy': 'same-origin', 'Content-Type': 'image/png' });
  response.end();
}).listen(process.env.PORT, '127.0.0.1');
