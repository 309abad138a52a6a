// A small shared cache in front of one server that keeps the answers to preflights, as some CDNs can be told to: one copy an
// address, whoever asked for it.
const http = require('http');

const copies = new Map();

http.createServer((request, response) => {
  const { method, url, headers } = request;
  const copy = copies.get(url);
  if (method === 'OPTIONS' && copy) {
    const age = Math.round((Date.now() - copy.since) / 1000) + 1;
    response.writeHead(copy.status, { ...copy.headers, age, 'x-cache': 'HIT' });
    return response.end(copy.body);
  }
  const onward = http.request({ host: '127.0.0.1', port: process.env.UPSTREAM, method, path: url, headers }, (answer) => {
    const chunks = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      const own = { ...answer.headers };
      delete own.connection;
      delete own['keep-alive'];
      if (method === 'OPTIONS') copies.set(url, { status: answer.statusCode, headers: own, body, since: Date.now() });
      response.writeHead(answer.statusCode, { ...own, 'x-cache': 'MISS' });
      response.end(body);
    });
  });
  request.pipe(onward);
}).listen(process.env.PORT, '127.0.0.1');
