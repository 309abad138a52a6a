// The connection is reset before there is an answer.
const net = require('net');

net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.resetAndDestroy());
}).listen(process.env.PORT, '127.0.0.1');
