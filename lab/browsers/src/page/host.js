// The page's side: runs scenarios itself, or has a frame without an origin run them.

const corsac = {
  frames: {},
  orders: 0,

  /** Runs scenarios in the page, or in its `sandboxed` or `data` frame. */
  async run(frame, scenarios, width) {
    if (frame === "page") return runScenarios(scenarios, width);
    return (await this.inFrame(frame, { scenarios, width })).results;
  },

  /** Has a frame do something, and gives its answer. */
  async inFrame(frame, what) {
    this.frames[frame] ??= await this.openFrame(frame);
    const target = this.frames[frame];
    const order = `order ${++this.orders}`;
    const answer = heard(target, order);
    target.contentWindow.postMessage({ order, ...what }, "*");
    return answer;
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

  /** Calls each address from the page, and from its frame as well, before anything counts; sets cookies. */
  async warmUp(frame, addresses, cookies) {
    await warmUp(addresses);
    if (frame !== "page") await this.inFrame(frame, { addresses });
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
