// An authentication behind exported Workers: what they fetch comes from here, where the caller is known.
export default {
  fetch(request, { authorization }) {
    if (request.headers.get('Authorization') === authorization) return fetch(request);
    return new Response(null, { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="lab"' } });
  },
};
