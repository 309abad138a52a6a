// The router answers, and cors() below it is asked about OPTIONS alone.
const Koa = require('koa');
const { Router } = require('@koa/router');
// cors
const cors = require('@koa/cors');
// end of cors

const app = new Koa();
const router = new Router();
router.put('/api/orders/:id', (ctx) => { ctx.body = { id: ctx.params.id }; });
app.use(router.routes());
app.use(router.allowedMethods());
// cors
app.use(cors({ origin: 'https://app.example' }));
// end of cors
app.listen(process.env.PORT, '127.0.0.1');
