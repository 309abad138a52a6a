// The server is right and says Vary; the CDN has one copy for everybody.
const http = require('http');

http.createServer((request, response) => {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (['https://app.example', 'https://site.example'].includes(origin)) {
    response.setHeader('Access-Control-Allow-Origin', origin);
  }
  response.setHeader('Cache-Control', 's-maxage=600');
  response.setHeader('Content-Type', 'application/json');
  response.end('{}');
}).listen(process.env.PORT, '127.0.0.1');
