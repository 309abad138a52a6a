// Healthy: @koa/cors first, for one origin and its cookies.
const Koa = require('koa');
const cors = require('@koa/cors');

const app = new Koa();
app.use(cors({ origin: (ctx) => (ctx.get('Origin') === 'https://app.example' ? ctx.get('Origin') : ''), credentials: true }));
app.use((ctx) => { ctx.body = { id: '7' }; });
app.listen(process.env.PORT, '127.0.0.1');
