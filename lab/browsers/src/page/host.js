// The page's side: runs scenarios itself, or has a frame without an origin run them.

const corsac = {
  frames: {},
  orders: 0,

  /** Runs scenarios in the page, or in its `sandboxed` or `data` frame. */
  async run(frame, scenarios, width) {
    if (frame === "page") return runScenarios(scenarios, width);
    this.frames[frame] ??= await this.openFrame(frame);
    const target = this.frames[frame];
    const order = `order ${++this.orders}`;
    const answer = heard(target, order);
    target.contentWindow.postMessage({ order, scenarios, width }, "*");
    return (await answer).results;
  },

  async openFrame(kind) {
    const target = document.createElement("iframe");
    const address = new URL("/.frame", location.href);
    if (kind === "sandboxed") {
      target.setAttribute("sandbox", "allow-scripts");
      target.src = address;
    } else {
      target.src = `data:text/html;charset=utf-8,${encodeURIComponent(await (await fetch(address)).text())}`;
    }
    const ready = heard(target, "ready");
    document.documentElement.append(target);
    await ready;
    return target;
  },

  /** Makes the same call to each address a few times, so that its preflight is looked up; sets cookies. */
  async warmUp(addresses, cookies) {
    const warm = async (address) => {
      for (let number = 0; number < 6; number++) {
        // What fails here will show in what follows.
        await fetch(address, { method: "PUT", headers: { "X-Warm-Up": "1" } }).catch(() => {});
      }
    };
    await Promise.all(addresses.map(warm));
    for (const address of cookies) {
      try {
        await fetch(address, { credentials: "include" });
      } catch (error) {
        // What follows will show it.
      }
    }
  },
};
window.corsac = corsac;

function heard(target, order) {
  return new Promise((resolve) => {
    const listener = (event) => {
      if (event.source !== target.contentWindow || event.data.order !== order) return;
      removeEventListener("message", listener);
      resolve(event.data);
    };
    addEventListener("message", listener);
  });
}
