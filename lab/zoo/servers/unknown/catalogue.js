// Whoever is on the list is named, and the answer may be kept by caches; nothing says that it depends on the origin.
const http = require('http');

http.createServer((request, response) => {
  const { origin } = request.headers;
  if (['https://app.example', 'https://site.example'].includes(origin)) {
    response.setHeader('Access-Control-Allow-Origin', origin);
  }
  response.setHeader('Cache-Control', 'public, s-maxage=600');
  response.setHeader('Content-Type', 'application/json');
  response.end('[{"id":"7"}]');
}).listen(process.env.PORT, '127.0.0.1');
