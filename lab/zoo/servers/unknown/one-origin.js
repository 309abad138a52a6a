// One origin is allowed, whoever asks.
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', 'https://app.example');
  response.setHeader('Content-Type', 'application/json');
  response.end('{}');
}).listen(process.env.PORT, '127.0.0.1');
