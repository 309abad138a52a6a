// The headers by hand, as matrix.toml has them.
const Koa = require('koa');

const app = new Koa();
// gate
app.use((ctx, next) => {
  if (ctx.headers.authorization) return next();
  ctx.status = 401;
});
// end of gate
// login
app.use((ctx, next) => {
  if (ctx.headers.authorization) return next();
  ctx.redirect('/login');
});
// end of login
// cors
app.use(async (ctx, next) => {
  // preflight
  if (ctx.method === 'OPTIONS') {
    ctx.append('{preflight.name}', '{preflight.value}');
    ctx.status = 204;
    return;
  }
  // end of preflight
  ctx.append('{answer.name}', '{answer.value}');
  // asking
  if (ctx.headers.origin) ctx.append('Access-Control-Allow-Origin', ctx.headers.origin);
  // end of asking
  await next();
});
// end of cors
app.use((ctx) => {
  if (ctx.method === 'OPTIONS') {
    ctx.status = 405;
    return;
  }
  if (ctx.path === '/api/broken') ctx.status = 500;
  if (ctx.path === '/api/counted') ctx.set('X-Total-Count', '42');
  if (ctx.path === '/api/catalogue') ctx.set('Cache-Control', 'public, s-maxage=600');
  ctx.body = { id: '7' };
});
app.listen(process.env.PORT, '127.0.0.1');
