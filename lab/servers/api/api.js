// An API of Node alone, for the clients that are put to the gateway. It knows nothing of CORS but one mistake: it says
// `Access-Control-Allow-Origin: *` everywhere, which the gateway has to take away.
//
//   /echo              what was asked, as JSON
//   /upload?id=…       takes a body; /received?id=… says how much of it is here by now
//   /events?id=…       server-sent events: the next one only once /seen?id=… was asked, so that none can have been kept back
//   /upgrades          how many WebSockets were asked for
//   upgrade at /chat   a WebSocket that says back what it is told

const http = require('node:http');
const crypto = require('node:crypto');

const received = new Map();
const waiting = new Map();
let upgrades = 0;

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://api.invalid');
  const id = url.searchParams.get('id');
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('X-Answered', 'yes');
  const json = (value) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(value));
  };
  switch (url.pathname) {
    case '/echo': {
      const pieces = [];
      request.on('data', (piece) => pieces.push(piece));
      request.on('end', () => {
        const body = Buffer.concat(pieces);
        json({ method: request.method, url: request.url, headers: request.headers, length: body.length });
      });
      break;
    }
    case '/upload':
      received.set(id, 0);
      request.on('data', (piece) => received.set(id, received.get(id) + piece.length));
      request.on('end', () => json({ received: received.get(id) }));
      break;
    case '/received':
      json({ received: received.get(id) ?? 0 });
      break;
    case '/events': {
      response.setHeader('Content-Type', 'text/event-stream');
      let number = 0;
      const send = () => {
        number += 1;
        response.write(`data: ${number}\n\n`);
      };
      waiting.set(id, send);
      request.on('close', () => waiting.delete(id));
      send();
      break;
    }
    case '/seen':
      waiting.get(id)?.();
      json({});
      break;
    case '/upgrades':
      json({ upgrades });
      break;
    default:
      response.statusCode = 404;
      json({ error: 'no such thing' });
  }
});

// RFC 6455, as far as short texts go, and a frame that comes whole.
server.on('upgrade', (request, socket) => {
  upgrades += 1;
  const accept = crypto
    .createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('error', () => {});
  socket.on('data', (frame) => {
    if ((frame[0] & 0x0f) !== 1) {
      socket.end();
      return;
    }
    const length = frame[1] & 0x7f;
    const mask = frame.subarray(2, 6);
    const text = Buffer.from(frame.subarray(6, 6 + length)).map((byte, at) => byte ^ mask[at % 4]);
    socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
  });
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
