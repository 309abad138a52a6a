// @koa/cors repeats the origin; without `credentials` no cookie may come along.
const Koa = require('koa');
// cors
const cors = require('@koa/cors');
// end of cors

const app = new Koa();
// cors
app.use(cors());
// end of cors
app.use((ctx) => { ctx.body = { name: 'Ada' }; });
app.listen(process.env.PORT, '127.0.0.1');
