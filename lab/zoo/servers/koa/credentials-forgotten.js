// The list is right; without `credentials` no cookie may come along.
const Koa = require('koa');
// cors
const cors = require('@koa/cors');
// end of cors

const app = new Koa();
// cors
const allowed = ['https://app.example', 'https://admin.example'];
app.use(cors({ origin: (ctx) => allowed.find((origin) => origin === ctx.get('Origin')) ?? '' }));
// end of cors
app.use((ctx) => { ctx.body = { name: 'Ada' }; });
app.listen(process.env.PORT, '127.0.0.1');
