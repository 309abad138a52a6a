// An application behind exported policies: `/NUMBER/…` is governed by `policy_NUMBER.js` of the working folder. What a
// handler answers to `/NUMBER/case/INDEX` is in `inner.json`.
const fs = require('fs');
const path = require('path');
const Koa = require('koa');

// Where an authentication is to be behind the lines, this is what a known caller sends.
const authorization = process.env.CORSAC_LAB_AUTHORIZATION;
const inner = JSON.parse(fs.readFileSync('inner.json', 'utf8'));
const policies = {};
for (const file of fs.readdirSync('.')) {
  const number = /^policy_(\d+)\.js$/.exec(file);
  if (number) policies[number[1]] = require(path.resolve(file));
}

const app = new Koa();
app.silent = true;
app.use((ctx, next) => policies[ctx.path.split('/')[1]](ctx, next));
app.use((ctx, next) => {
  if (!authorization || ctx.get('Authorization') === authorization) return next();
  ctx.throw(401, { headers: { 'WWW-Authenticate': 'Basic realm="lab"' } });
});
app.use((ctx) => {
  const index = /\/case\/(\d+)$/.exec(ctx.path);
  if (!index) throw new Error('a handler that fails');
  const { status, headers } = inner[index[1]];
  ctx.status = status;
  ctx.set('X-Inner', 'asked');
  for (const [name, value] of headers) ctx.append(name, value);
  // By turns as applications do it: an answer that succeeds in the end, and an error that is thrown with its headers.
  if (status >= 400 && index[1] % 2) ctx.throw(status, { headers: { 'X-Inner': 'asked', ...Object.fromEntries(headers) } });
});
app.listen(process.env.PORT, '127.0.0.1');
