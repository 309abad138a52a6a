// The line in the template has no colon, so it is no header.
const net = require('net');

net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.end('HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin https://app.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}');
  });
}).listen(process.env.PORT, '127.0.0.1');
