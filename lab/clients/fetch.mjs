// Node's own fetch, put to a gateway: `node fetch.mjs GATEWAY`. Ends with 0 if all of it is so.

import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';

const gateway = process.argv[2];

let connections = 0;
diagnostics.subscribe('undici:client:connected', () => {
  connections += 1;
});

const received = async (id) => (await (await fetch(`${gateway}/received?id=${id}`)).json()).received;

// A connection carries many requests, one after the other.
for (let number = 0; number < 20; number += 1) {
  const answer = await fetch(`${gateway}/echo?n=${number}`, { headers: { 'X-Asked': 'yes' } });
  const asked = await answer.json();
  assert.equal(answer.status, 200);
  assert.equal(asked.url, `/echo?n=${number}`);
  assert.equal(asked.headers['x-asked'], 'yes');
  assert.equal(answer.headers.get('access-control-allow-origin'), null);
}
// Node may open a second one while it tidies up after the first answer; a connection a request would be twenty.
assert.ok(connections < 10, `${connections} connections`);

// A body is passed on while it is made: the second piece is only sent once the API has the first.
const body = new ReadableStream({
  async start(pieces) {
    const encoder = new TextEncoder();
    pieces.enqueue(encoder.encode('first'));
    while ((await received('node')) < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    pieces.enqueue(encoder.encode(' and second'));
    pieces.close();
  },
});
const uploaded = await fetch(`${gateway}/upload?id=node`, { method: 'POST', body, duplex: 'half' });
assert.deepEqual(await uploaded.json(), { received: 16 });

// An answer is passed on while it is made: the next event is only sent once this one was seen.
const stop = new AbortController();
const events = await fetch(`${gateway}/events?id=node`, { signal: stop.signal });
let text = '';
for await (const piece of events.body.pipeThrough(new TextDecoderStream())) {
  text += piece;
  if (text.endsWith('data: 3\n\n')) break;
  if (text.endsWith('\n\n')) await fetch(`${gateway}/seen?id=node`, { method: 'POST' });
}
assert.equal(text, 'data: 1\n\ndata: 2\n\ndata: 3\n\n');
stop.abort();

console.log('fetch: all of it is so');
process.exit(0);
