// The policy `app` for Node 18.3 and later, without a package, made by `corsac export`.
// Save it as cors-policy.js; then call require('./cors-policy')(request, response, next) before everything else.
// - preflights before authentication: only where it is called before authentication

const origins = [
  "https://app.example",
];
const onActual = {};
const onPreflight = {
  'Access-Control-Allow-Methods': "PUT",
  'Access-Control-Allow-Headers': "Content-Type",
};
const refuseDisallowed = false;

function isAllowed(origin) {
  return origins.some((entry) => (typeof entry === 'string' ? entry === origin : entry.test(origin)));
}

// Runs `change` when the head is about to be written, whoever writes it and however.
function beforeHead(response, change) {
  const writeHead = response.writeHead;
  response.writeHead = function (status, ...rest) {
    response.writeHead = writeHead;
    const message = typeof rest[0] === 'string' ? [rest.shift()] : [];
    const given = rest[0] ?? {};
    let pairs = Object.entries(given);
    if (Array.isArray(given)) {
      pairs = Array.isArray(given[0]) ? given : given.flatMap((_, at) => (at % 2 ? [] : [given.slice(at, at + 2)]));
    }
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) response.appendHeader(name, value);
    response.statusCode = status;
    change();
    return response.writeHead(status, ...message);
  };
}

module.exports = function cors(request, response, next) {
  const { origin } = request.headers;
  const isCors = origin !== undefined;
  const isPreflight =
    isCors && request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  const any = origins === '*';
  const allowed = any || (isCors && isAllowed(origin));

  beforeHead(response, () => {
    // What a handler said about CORS goes; the policy's word stands alone.
    for (const name of response.getHeaderNames()) {
      if (name.startsWith('access-control-')) response.removeHeader(name);
    }
    if (allowed) {
      response.setHeader('Access-Control-Allow-Origin', any ? '*' : origin);
      const headers = isPreflight ? onPreflight : onActual;
      for (const name of Object.keys(headers)) response.setHeader(name, headers[name]);
    }
    if (!any) {
      const vary = [].concat(response.getHeader('Vary') ?? []).join(', ');
      const names = vary.split(',').map((name) => name.trim().toLowerCase());
      if (!names.includes('*') && !names.includes('origin')) {
        response.setHeader('Vary', [...vary.split(',').map((name) => name.trim()), 'Origin'].filter(Boolean).join(', '));
      }
    }
  });

  if (isCors && !allowed && (isPreflight || refuseDisallowed)) {
    response.statusCode = 403;
    response.end();
  } else if (isPreflight) {
    response.statusCode = 204;
    response.end();
  } else {
    next();
  }
};
