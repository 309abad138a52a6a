// Every request is taken for one with JSON in it; OPTIONS has no body, and the error page no headers.
const http = require('http');

http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => {
    try {
      const order = request.method === 'GET' ? {} : JSON.parse(body);
      response.setHeader('Content-Type', 'application/json');
      response.setHeader('Access-Control-Allow-Origin', 'https://app.example');
      response.end(JSON.stringify({ id: '8', ...order }));
    } catch (error) {
      response.writeHead(500);
      response.end(String(error));
    }
  });
}).listen(process.env.PORT, '127.0.0.1');
