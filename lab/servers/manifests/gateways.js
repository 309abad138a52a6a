// Gateways that cannot be had here, as their sources are read: `node gateways.js TARGET PORT=FILE…` listens on each port and
// does with the file there what the target's own code would do with it. Each reading names what was read. Nothing here
// knows a policy.
//
// On every shared case the readings of Traefik, Kong and APISIX have been found to say what the code itself says (Traefik's
// middleware of fd5a576 in a Go server, the plugins of Kong 22246ef and APISIX f519a0f in nginx's Lua, with what surrounds them
// stood in for), and that of ingress-nginx what nginx says to the lines of the template of dbb11b9. Whoever changes a reading,
// or reads a newer version, does the same again.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { parse } from 'yaml';

// The lines of a response, by names in small letters.
class Lines {
  constructor(raw = []) {
    this.all = [];
    for (let i = 0; i < raw.length; i += 2) this.add(raw[i], raw[i + 1]);
  }
  add(name, value) {
    this.all.push([name.toLowerCase(), value]);
  }
  remove(name) {
    this.all = this.all.filter(([own]) => own !== name.toLowerCase());
  }
  set(name, value) {
    this.remove(name);
    this.add(name, value);
  }
  first(name) {
    return this.all.find(([own]) => own === name)?.[1];
  }
}

const asked = (request, name) => request.headersDistinct[name]?.[0];
const method = (request) => asked(request, 'access-control-request-method');
const names = (request) => asked(request, 'access-control-request-headers');
const isPreflight = (request) => request.method === 'OPTIONS' && !!asked(request, 'origin') && !!method(request);

// A gateway is the address of its upstream; `before`, which answers with a status and lines or not at all; and `after`, which
// changes the lines of what the upstream answers.
const readings = {
  // pkg/middlewares/headers/header.go
  traefik(file) {
    const [{ headers: keys }] = Object.values(file.http.middlewares);
    const [{ loadBalancer }] = Object.values(file.http.services);
    const credentials = keys.accessControlAllowCredentials;
    const expressions = (keys.accessControlAllowOriginListRegex ?? []).map((text) => new RegExp(text));
    const allowed = (origin) => {
      for (const item of keys.accessControlAllowOriginList ?? []) {
        if (item === origin) return item;
        if (item === '*') return credentials ? origin : item;
      }
      return expressions.some((one) => one.test(origin)) ? origin : undefined;
    };
    const list = (lines, name, texts, echo) => {
      if (!texts) return;
      if (texts.includes('*') && credentials) echo && lines.set(name, echo);
      else lines.set(name, texts.join(','));
    };
    const common = (lines, origin) => {
      const match = allowed(origin ?? '');
      if (match) lines.set('access-control-allow-origin', match);
      if (credentials) lines.set('access-control-allow-credentials', 'true');
      list(lines, 'access-control-expose-headers', keys.accessControlExposeHeaders);
    };
    return {
      upstream: new URL(loadBalancer.servers[0].url),
      before(request) {
        if (!isPreflight(request)) return null;
        const lines = new Lines();
        common(lines, asked(request, 'origin'));
        list(lines, 'access-control-allow-headers', keys.accessControlAllowHeaders, names(request));
        list(lines, 'access-control-allow-methods', keys.accessControlAllowMethods, method(request));
        if (keys.accessControlMaxAge !== undefined) lines.set('access-control-max-age', keys.accessControlMaxAge);
        return { status: 200, lines };
      },
      after(request, lines) {
        for (const [name, value] of Object.entries(keys.customResponseHeaders ?? {})) {
          if (value === '') lines.remove(name);
          else lines.set(name, value);
        }
        common(lines, asked(request, 'origin'));
        const vary = lines.first('vary');
        if (keys.addVaryHeader && vary !== 'Origin') lines.set('vary', vary ? `${vary},Origin` : 'Origin');
      },
    };
  },

  // kong/plugins/cors/handler.lua, and response-transformer after it
  kong(file) {
    const [service] = file.services;
    const { plugins } = service.routes[0];
    const keys = plugins.find(({ name }) => name === 'cors').config;
    const removed = plugins.find(({ name }) => name === 'response-transformer').config.remove.headers;
    const isText = (entry) => /^[A-Za-z0-9.:/-]+$/.test(entry);
    // What LuaSocket's url.parse makes of a text: no path, no user, no brackets.
    const normalised = (text) => {
      const match = /^([A-Za-z0-9][A-Za-z0-9+.-]*):\/\/([^/?#]*)/.exec(text);
      if (!match) return { domain: text, host: text };
      const authority = match[2].replace(/^.*?@/, '');
      const [, host, port] = /^(.*?)(?::([^:\]]*))?$/.exec(authority);
      const bare = host.replace(/^\[(.*)\]$/, '$1');
      const isDefault = { http: '80', https: '443' }[match[1]] === port;
      return { domain: `${match[1]}://${bare}${port === undefined || isDefault ? '' : `:${port}`}`, host: bare };
    };
    // Gives whether all are allowed.
    const origin = (lines, asking) => {
      const { origins } = keys;
      if (!origins?.length || (origins.length === 1 && origins[0] === '*')) {
        lines.set('access-control-allow-origin', '*');
        return true;
      }
      lines.add('vary', 'Origin');
      if (origins.length === 1 && isText(origins[0])) {
        lines.set('access-control-allow-origin', origins[0]);
        return false;
      }
      const { domain, host } = normalised(asking ?? '');
      const matches = (entry) => {
        if (isText(entry)) return domain === normalised(entry).domain;
        const expression = new RegExp(`^(?:${entry.replace(/^\^/, '').replace(/\$?$/, '$')})`);
        return expression.test(entry.includes(':') ? domain : host);
      };
      if (asking && origins.some(matches)) lines.set('access-control-allow-origin', domain);
      else lines.remove('access-control-allow-origin');
      return false;
    };
    const both = (lines, asking) => {
      const all = origin(lines, asking);
      if (!keys.credentials) return;
      if (all) lines.set('access-control-allow-origin', asking);
      lines.set('access-control-allow-credentials', 'true');
    };
    const transform = (lines) => removed.forEach((name) => lines.remove(name));
    return {
      upstream: new URL(service.url),
      before(request) {
        if (!isPreflight(request)) return null;
        const lines = new Lines();
        both(lines, asked(request, 'origin'));
        const headers = keys.headers?.length ? keys.headers.join(',') : names(request);
        if (headers) lines.set('access-control-allow-headers', headers);
        lines.set('access-control-allow-methods', keys.methods.join(','));
        if (keys.max_age !== undefined) lines.set('access-control-max-age', keys.max_age);
        transform(lines);
        return { status: 200, lines };
      },
      after(request, lines) {
        both(lines, asked(request, 'origin'));
        if (keys.exposed_headers?.length) lines.set('access-control-expose-headers', keys.exposed_headers.join(','));
        transform(lines);
      },
    };
  },

  // apisix/plugins/cors.lua, with response-rewrite.lua before it where its priority says so
  apisix(file) {
    const [{ plugins, upstream }] = file.routes;
    const { cors: keys, 'response-rewrite': rewrite } = plugins;
    const expression = keys.allow_origins_by_regex && new RegExp(keys.allow_origins_by_regex.join('|'));
    const allowed = (origin) => {
      if (expression) return origin !== undefined && expression.test(origin) ? origin : undefined;
      if (!keys.allow_origins.includes(',')) return keys.allow_origins;
      return keys.allow_origins.split(',').includes(origin) ? origin : undefined;
    };
    const after = (request, lines) => {
      if (rewrite._meta.priority > 4000) rewrite.headers.remove.forEach((name) => lines.remove(name));
      if (keys.allow_origins !== '*') lines.add('vary', 'Origin');
      const origin = allowed(asked(request, 'origin'));
      if (origin === undefined) return;
      const nine = 'GET,POST,PUT,DELETE,PATCH,HEAD,OPTIONS,CONNECT,TRACE';
      const headers = keys.allow_headers === '**' ? names(request) : keys.allow_headers;
      lines.set('access-control-allow-origin', origin);
      lines.set('access-control-allow-methods', keys.allow_methods === '**' ? nine : keys.allow_methods);
      lines.set('access-control-max-age', keys.max_age);
      if (keys.expose_headers) lines.set('access-control-expose-headers', keys.expose_headers);
      if (headers !== undefined) lines.set('access-control-allow-headers', headers);
      if (keys.allow_credential) lines.set('access-control-allow-credentials', 'true');
    };
    return {
      upstream: new URL(`http://${Object.keys(upstream.nodes)[0]}`),
      before(request) {
        if (request.method !== 'OPTIONS') return null;
        const lines = new Lines();
        after(request, lines);
        return { status: 200, lines };
      },
      after,
    };
  },

  // apis/v1/httproute_types.go: the widest that HTTPCORSFilter lets an implementation be, which repeats wherever it may, leaves
  // the upstream's lines to refused origins, and has the filter of the response headers come first
  'gateway-api'(file) {
    const [rule] = file.spec.rules;
    const keys = rule.filters.find(({ type }) => type === 'CORS').cors;
    const { responseHeaderModifier } = rule.filters.find(({ type }) => type === 'ResponseHeaderModifier');
    const escaped = (text) => text.replace(/[.[\]{}()+?^$|\\/]/g, '\\$&').replace(/\*/g, '.*');
    const allows = (origin) => keys.allowOrigins.some((text) => new RegExp(`^${escaped(text)}$`).test(origin));
    const list = (texts, echo) => (texts.includes('*') ? echo : texts.join(', '));
    const origin = (lines, asking) => {
      lines.set('access-control-allow-origin', asking);
      if (keys.allowCredentials) lines.set('access-control-allow-credentials', 'true');
    };
    return {
      upstream: new URL(`http://127.0.0.1:${rule.backendRefs[0].port}`),
      before(request) {
        if (!isPreflight(request)) return null;
        const lines = new Lines();
        const asking = asked(request, 'origin');
        if (!allows(asking)) return { status: 204, lines };
        origin(lines, asking);
        const headers = list(keys.allowHeaders, names(request));
        lines.set('access-control-allow-methods', list(keys.allowMethods, method(request)));
        if (headers !== undefined) lines.set('access-control-allow-headers', headers);
        lines.set('access-control-max-age', keys.maxAge ?? 5);
        return { status: 204, lines };
      },
      after(request, lines) {
        for (const { name, value } of responseHeaderModifier.add) lines.add(name, value);
        const asking = asked(request, 'origin');
        if (!asking || !allows(asking)) return;
        origin(lines, asking);
        if (keys.exposeHeaders) lines.set('access-control-expose-headers', keys.exposeHeaders.join(', '));
      },
    };
  },

  // rootfs/etc/nginx/template/nginx.tmpl, and buildCorsOriginRegex beside it
  'ingress-nginx'(file) {
    const key = (name) => file.metadata.annotations[`nginx.ingress.kubernetes.io/${name}`];
    const [{ backend }] = file.spec.rules[0].http.paths;
    const all = key('cors-allow-origin') === '*';
    const escaped = (text) => text.replace(/[.[\]{}()*+?^$|\\/]/g, '\\$&').replace('\\*', '[A-Za-z0-9\\-]+');
    const origins = key('cors-allow-origin').split(',').map((text) => `(${escaped(text.trim())})`);
    const expression = new RegExp(`(${origins.join('|')})$`, 'i');
    const after = (request, lines) => {
      const origin = asked(request, 'origin') ?? '';
      if (!all && !expression.test(origin)) return false;
      lines.set('access-control-allow-origin', all ? '*' : origin);
      if (key('cors-allow-credentials') === 'true') lines.set('access-control-allow-credentials', 'true');
      lines.set('access-control-allow-methods', key('cors-allow-methods'));
      lines.set('access-control-allow-headers', key('cors-allow-headers'));
      if (key('cors-expose-headers')) lines.set('access-control-expose-headers', key('cors-expose-headers'));
      lines.set('access-control-max-age', key('cors-max-age'));
      return true;
    };
    return {
      upstream: new URL(`http://127.0.0.1:${backend.service.port.number}`),
      before(request) {
        const lines = new Lines();
        return request.method === 'OPTIONS' && after(request, lines) ? { status: 204, lines } : null;
      },
      after,
    };
  },
};

function answer(response, status, lines) {
  response.writeHead(status, lines.all.flatMap(([name, value]) => [name, String(value)]));
  response.end();
}

function serve({ upstream, before, after }) {
  return http.createServer((request, response) => {
    const own = before(request);
    if (own) return answer(response, own.status, own.lines);
    const { method, url: path, rawHeaders: headers } = request;
    const onward = http.request({ host: upstream.hostname, port: upstream.port, method, path, headers }, (came) => {
      const lines = new Lines(came.rawHeaders);
      lines.remove('connection');
      after(request, lines);
      came.resume();
      answer(response, came.statusCode, lines);
    });
    onward.on('error', () => {
      const lines = new Lines();
      after(request, lines);
      answer(response, 502, lines);
    });
    onward.end();
  });
}

const [target, ...places] = process.argv.slice(2);
for (const place of places) {
  const [port, file] = place.split('=');
  serve(readings[target](parse(readFileSync(file, 'utf8')))).listen(Number(port), '127.0.0.1');
}
