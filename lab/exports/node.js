// An application behind exported policies, on Node's own server: `/NUMBER/…` is governed by `policy_NUMBER.js` of the working
// folder. What a handler answers to `/NUMBER/case/INDEX` is in `inner.json`.
const fs = require('fs');
const http = require('http');
const path = require('path');

const inner = JSON.parse(fs.readFileSync('inner.json', 'utf8'));
const policies = {};
for (const file of fs.readdirSync('.')) {
  const number = /^policy_(\d+)\.js$/.exec(file);
  if (number) policies[number[1]] = require(path.resolve(file));
}

// Where an authentication is to be behind the lines, this is what a known caller sends.
const authorization = process.env.CORSAC_LAB_AUTHORIZATION;

function handler(request, response) {
  if (authorization && request.headers.authorization !== authorization) {
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="lab"' });
    response.end();
    return;
  }
  const index = /\/case\/(\d+)$/.exec(request.url);
  if (!index) throw new Error('a handler that fails');
  const { status, headers } = inner[index[1]];
  // By turns as handlers do it: headers one by one, and all of them with the head.
  if (index[1] % 2) {
    response.statusCode = status;
    response.setHeader('X-Inner', 'asked');
    for (const [name, value] of headers) response.appendHeader(name, value);
  } else {
    response.writeHead(status, [['X-Inner', 'asked'], ...headers].flat());
  }
  response.end();
}

const server = http.createServer((request, response) => {
  try {
    policies[request.url.split('/')[1]](request, response, () => handler(request, response));
  } catch {
    response.statusCode = 500;
    response.end();
  }
});
server.listen(process.env.PORT, '127.0.0.1');
