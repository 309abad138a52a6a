// Two layers, two lines with the same value.
const http = require('http');

http.createServer((request, response) => {
  response.writeHead(200, [
    'Access-Control-Allow-Origin', 'https://app.example',
    'Access-Control-Allow-Origin', 'https://app.example',
    'Content-Type', 'application/json',
  ]);
  response.end('{}');
}).listen(process.env.PORT, '127.0.0.1');
