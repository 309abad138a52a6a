// Whoever has no session is sent to a login page at another address, which knows nothing about CORS.
const http = require('http');

http.createServer((request, response) => {
  if (request.url === '/login') {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    return response.end('<form>Who are you?</form>');
  }
  const location = 'http://localhost:' + process.env.PORT + '/login';
  response.writeHead(302, { Location: location, 'Access-Control-Allow-Origin': 'https://app.example' });
  response.end();
}).listen(process.env.PORT, '127.0.0.1');
