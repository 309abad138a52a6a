// The headers of what fetch() brings cannot be changed: set() throws, and the runtime answers 500 by itself.
export default {
  async fetch(request) {
    const response = await fetch('http://127.0.0.1:{application}' + new URL(request.url).pathname);
    response.headers.set('Access-Control-Allow-Origin', 'https://app.example');
    return response;
  },
};
