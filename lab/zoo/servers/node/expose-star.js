// `*` exposes everything, but not to a call with credentials.
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', 'https://app.example');
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Expose-Headers', '*');
  response.setHeader('X-Total-Count', '42');
  response.setHeader('Content-Type', 'application/json');
  response.end('[{"id":"7"}]');
}).listen(process.env.PORT, '127.0.0.1');
