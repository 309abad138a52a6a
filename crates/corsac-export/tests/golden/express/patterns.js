// The policy `app` for Express with the cors package, made by `corsac export`.
// Save it as cors-policy.js; then app.use(require('./cors-policy')) before everything else. Where package.json says "type": "module", save it as cors-policy.cjs, and import corsPolicy from './cors-policy.cjs' instead.
// - 403 for refused preflights: it is answered 204 with the policy's lists, and without Access-Control-Allow-Origin, so that the browser refuses it; with `refuse_disallowed` it is answered 403
// - the application's own `OPTIONS`: every OPTIONS request is answered as a preflight; a handler for it never runs
// - headers on errors: only where nothing before this middleware answers; use it first
// - removal of the application's own CORS headers: they stay: take Access-Control-* out of your handlers, or they speak beside the policy
// - preflights before authentication: only where it is used before authentication

const cors = require('cors'); // npm install cors

module.exports = cors({
  origin: [
    /^https:\/\/([a-z0-9_-]+\.)+app\.example$/,
    /^http:\/\/localhost(:[1-9][0-9]{0,4})?$/,
    /^https:\/\/([a-z0-9_-]+\.)+dev\.example(:[1-9][0-9]{0,4})?$/,
    /^http:\/\/\[::1\](:[1-9][0-9]{0,4})?$/,
  ],
  methods: [],
  allowedHeaders: ["Content-Type"],
  exposedHeaders: [],
  credentials: false,
});
