// Workers that answer by themselves, inside of the exported lines: an object, and a class, which asks who is there.
import { WorkerEntrypoint } from 'cloudflare:workers';
import { withCors } from 'cors-policy.js';

export default withCors({ fetch: (request) => fetch(request) });

class Authenticated extends WorkerEntrypoint {
  fetch(request) {
    if (request.headers.get('Authorization') === this.env.authorization) return fetch(request);
    return new Response(null, { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="lab"' } });
  }
}

export const authenticated = withCors(Authenticated);
