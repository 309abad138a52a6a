// A device's own server, which nobody can change: not a word about CORS, nor about itself.
const net = require('net');

net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{"celsius":21}');
  });
}).listen(process.env.PORT, '127.0.0.1');
