// What ctx.set() has set is gone once something is thrown: Koa answers errors with the error's own headers alone.
const Koa = require('koa');

const app = new Koa();
app.silent = true;
app.use(async (ctx, next) => {
  ctx.set('Access-Control-Allow-Origin', 'https://app.example');
  await next();
});
app.use((ctx) => {
  if (ctx.path === '/api/orders/9') ctx.throw(409, 'already shipped');
  ctx.body = { id: '7' };
});
app.listen(process.env.PORT, '127.0.0.1');
