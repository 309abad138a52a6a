# Cloudflare's own runtime around the zoo's Workers: the main file first, then what was saved beside it.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "internet", network = (allow = ["private", "local"])),
    (name = "worker", worker = (modules = [{modules}], compatibilityDate = "2025-09-01")),
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "worker")],
);
