// A small shared cache in front of one server that keeps the answers to preflights, as some CDNs can be told to, unless the
// server forbids it: one copy an address, in the folder `kept`, whoever asked for it.
const fs = require('fs');
const http = require('http');

const place = (url) => `kept/${encodeURIComponent(url)}`;
const kept = (url) => (fs.existsSync(place(url)) ? JSON.parse(fs.readFileSync(place(url))) : undefined);

http.createServer((request, response) => {
  const { method, url, headers } = request;
  const copy = method === 'OPTIONS' && kept(url);
  if (copy) {
    const age = Math.round((Date.now() - copy.since) / 1000) + 1;
    response.writeHead(copy.status, { ...copy.headers, age, 'x-cache': 'HIT' });
    return response.end(copy.body);
  }
  const onward = http.request({ host: '127.0.0.1', port: process.env.UPSTREAM, method, path: url, headers }, (answer) => {
    const chunks = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const own = { ...answer.headers };
      delete own.connection;
      delete own['keep-alive'];
      if (method === 'OPTIONS' && !/no-store/.test(own['cache-control'])) {
        fs.writeFileSync(place(url), JSON.stringify({ status: answer.statusCode, headers: own, body, since: Date.now() }));
      }
      response.writeHead(answer.statusCode, { ...own, 'x-cache': 'MISS' });
      response.end(body);
    });
  });
  request.pipe(onward);
}).listen(process.env.PORT, '127.0.0.1');
