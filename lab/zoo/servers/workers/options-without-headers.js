// OPTIONS has an answer, and the answer has no headers. The Worker is a class, for others call it by RPC.
import { WorkerEntrypoint } from 'cloudflare:workers';

const headers = { 'Access-Control-Allow-Origin': 'https://app.example' };

export default class Orders extends WorkerEntrypoint {
  async fetch(request) {
    if (request.method === 'OPTIONS') return new Response('OK');
    return Response.json(this.order(new URL(request.url).pathname.split('/').pop()), { headers });
  }

  order(id) {
    return { id, status: 'open' };
  }
}
