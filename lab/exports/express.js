// An application behind exported policies: `/NUMBER/…` is governed by `policy_NUMBER.js` of the working folder. What a
// handler answers to `/NUMBER/case/INDEX` is in `inner.json`.
const fs = require('fs');
const path = require('path');
const express = require('express');

const app = express();
const folder = process.cwd();
const inner = JSON.parse(fs.readFileSync('inner.json', 'utf8'));

for (const file of fs.readdirSync(folder)) {
  const number = /^policy_(\d+)\.js$/.exec(file);
  if (number) {
    app.use(`/${number[1]}`, require(path.join(folder, file)));
  }
}

// Where an authentication is to be behind the lines, this is what a known caller sends.
const authorization = process.env.CORSAC_LAB_AUTHORIZATION;
if (authorization) {
  app.use((req, res, next) => {
    if (req.get('Authorization') === authorization) next();
    else res.status(401).set('WWW-Authenticate', 'Basic realm="lab"').end();
  });
}

app.use((req, res) => {
  const index = /\/case\/(\d+)$/.exec(req.originalUrl);
  if (!index) {
    throw new Error('a handler that fails');
  }
  const { status, headers } = inner[index[1]];
  res.status(status).set('X-Inner', 'asked');
  for (const [name, value] of headers) {
    // As applications do it: one value for what is said once, and Vary by Express's own means.
    if (/^access-control-/i.test(name)) res.set(name, value);
    else if (/^vary$/i.test(name) && /^[\w*-]+(, [\w*-]+)*$/.test(value)) res.vary(value);
    else res.append(name, value);
  }
  res.end();
});

app.listen(process.env.PORT, '127.0.0.1');
