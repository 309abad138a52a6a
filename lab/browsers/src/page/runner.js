"use strict";
// Makes the calls of scenarios, and says of each what a script can read. Knows nothing of what is right.

/** How long one call may take before it counts as hung, in milliseconds. */
const PATIENCE = 10000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Time between the beginnings of scenarios that wait, in milliseconds. */
const STAGGER = 40;

/** Runs scenarios, `width` at a time; the results stand in the order of the scenarios. */
async function runScenarios(scenarios, width) {
  const results = new Array(scenarios.length);
  let next = 0;
  const stagger = scenarios.some((calls) => calls.some((call) => call.at > 0)) ? STAGGER : 0;
  const work = async (_, worker) => {
    // A first call that waits for others would make what it keeps look older than it is.
    if (stagger > 0) await pause(worker * stagger);
    while (next < scenarios.length) {
      const index = next++;
      results[index] = await runCalls(scenarios[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, scenarios.length) }, work));
  return results;
}

/** The calls of one scenario, one after the other, each at its time. */
async function runCalls(calls) {
  const results = [];
  let begun = 0;
  for (const call of calls) {
    const early = Math.max(call.at * 1000 - (performance.now() - begun), call.pause * 1000);
    if (results.length > 0 && early > 0) await pause(early);
    results.push(await inTime(call.xhr ? runXhr(call) : runFetch(call)));
    // Time counts from when the first answer was there: what it made the browser keep is older than that.
    if (results.length === 1) begun = performance.now();
  }
  return results;
}

function inTime(running) {
  return Promise.race([running, pause(PATIENCE).then(() => ({ outcome: "hung" }))]);
}

async function runFetch(call) {
  let blob = null;
  try {
    if (call.blob) blob = URL.createObjectURL(new Blob(["corsac"], { type: "text/plain" }));
    const init = {
      method: call.method,
      headers: call.headers,
      mode: call.mode,
      credentials: call.credentials,
      redirect: call.redirect,
    };
    if (call.body !== null) init.body = bodyOf(call.body);
    const response = await fetch(blob || call.url, init);
    const result = {
      outcome: "allowed",
      type: response.type,
      status: response.status,
      redirected: response.redirected,
      headers: Array.from(new Set(Array.from(response.headers.keys(), (name) => name.toLowerCase()))).sort(),
      body: null,
    };
    try {
      result.body = (await response.arrayBuffer()).byteLength;
    } catch (error) {
      result.bodyError = String(error);
    }
    return result;
  } catch (error) {
    return { outcome: "blocked", error: String(error) };
  } finally {
    if (blob) URL.revokeObjectURL(blob);
  }
}

function runXhr(call) {
  return new Promise((resolve) => {
    const blocked = (error) => resolve({ outcome: "blocked", error: String(error) });
    try {
      const request = new XMLHttpRequest();
      request.open(call.method, call.url);
      request.responseType = "arraybuffer";
      request.withCredentials = call.credentials === "include";
      for (const [name, value] of call.headers) request.setRequestHeader(name, value);
      if (call.listens) request.upload.addEventListener("progress", () => {});
      request.onerror = () => blocked("error");
      request.onabort = () => blocked("abort");
      request.onloadend = () => blocked("the end, without a load");
      request.onload = () => {
        const lines = request.getAllResponseHeaders().split("\r\n").filter((line) => line !== "");
        resolve({
          outcome: "allowed",
          type: null,
          status: request.status,
          redirected: null,
          headers: Array.from(new Set(lines.map((line) => line.split(":")[0].toLowerCase()))).sort(),
          body: request.response === null ? 0 : request.response.byteLength,
        });
      };
      request.send(call.body === null ? null : bodyOf(call.body));
    } catch (error) {
      blocked(error);
    }
  });
}

function bodyOf(body) {
  switch (body.kind) {
    case "text":
      return body.text;
    case "url-encoded":
      return new URLSearchParams(body.text);
    case "multipart": {
      const form = new FormData();
      for (const [name, value] of body.fields) form.append(name, value);
      return form;
    }
    case "blob":
      return new Blob([body.text], { type: body.type });
    default:
      return Uint8Array.from(body.text, (character) => character.charCodeAt(0));
  }
}

/** Makes the same call to each address a few times, so that its preflight is looked up. */
async function warmUp(addresses) {
  const warm = async (address) => {
    for (let number = 0; number < 6; number++) {
      // What fails here will show in what follows.
      await fetch(address, { method: "PUT", headers: { "X-Warm-Up": "1" } }).catch(() => {});
    }
  };
  await Promise.all(addresses.map(warm));
}

/** In a frame: does what the parent sends, and answers. */
function answeringTheParent() {
  addEventListener("message", async (event) => {
    const { order, addresses, scenarios, width } = event.data;
    if (addresses) await warmUp(addresses);
    const results = scenarios ? await runScenarios(scenarios, width) : null;
    parent.postMessage({ order, results }, "*");
  });
  parent.postMessage({ order: "ready" }, "*");
}
