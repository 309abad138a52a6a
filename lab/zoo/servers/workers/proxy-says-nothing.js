// A Worker in front of somebody's API, to hide its key. Nothing is said about CORS.
export default {
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const upstream = new Request('http://127.0.0.1:{application}' + pathname + search, request);
    upstream.headers.set('X-Api-Key', 's3cret');
    return fetch(upstream);
  },
};
