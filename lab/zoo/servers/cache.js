// A small shared cache in front of one server, as a CDN is one: it keeps what may be kept (s-maxage), one copy an address,
// and tells copies apart by what Vary names. Settings: `ignores-vary` has one copy for everybody, `keeps-options` keeps
// the answers to preflights as well.
const http = require('http');

const settings = new Set(process.argv.slice(2));
const copies = [];

function varies(copy, request) {
  if (settings.has('ignores-vary')) return false;
  const names = (copy.headers.vary ?? '').toLowerCase().split(',').map((name) => name.trim()).filter(Boolean);
  return names.some((name) => copy.asked[name] !== request.headers[name]);
}

function mayBeKept(request, answer) {
  if (request.method === 'OPTIONS') return settings.has('keeps-options');
  return request.method === 'GET' && /s-maxage=\d/.test(answer.headers['cache-control'] ?? '');
}

http.createServer((request, response) => {
  const { method, url, headers } = request;
  const copy = copies.find((copy) => copy.method === method && copy.url === url && !varies(copy, request));
  if (copy) {
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
      if (mayBeKept(request, answer)) {
        copies.push({ method, url, asked: headers, status: answer.statusCode, headers: own, body, since: Date.now() });
      }
      response.writeHead(answer.statusCode, { ...own, 'x-cache': 'MISS' });
      response.end(body);
    });
  });
  request.pipe(onward);
}).listen(process.env.PORT, '127.0.0.1');
