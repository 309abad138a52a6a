//! The real parts a scenario takes, where they are found, and what to say when they are not.
//!
//! Installs nothing: that is `cargo xtask setup`.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::folder;

/// A real part: something that `cargo test` alone does not bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Node, with Express and `cors` in `lab/servers/express`.
    Express,
    /// Python, with FastAPI and uvicorn in `lab/servers/fastapi`.
    FastApi,
    /// The nginx binary.
    Nginx,
    /// The HAProxy binary.
    HaProxy,
    /// Python, with Django and django-cors-headers in `lab/servers/fastapi`.
    Django,
    /// Python, with Flask, Flask-CORS and gunicorn in `lab/servers/fastapi`.
    Flask,
    /// Ruby, with rack-cors and Puma.
    RackCors,
    /// The Go compiler, with rs/cors where Debian puts it.
    RsCors,
    /// The Go compiler alone.
    Go,
    /// The PHP binary.
    Php,
    /// Python, with grammars of Java and C# in `lab/servers/fastapi`.
    Grammars,
    /// The Apache binary, with its modules where Debian puts them.
    Apache,
    /// The Caddy binary.
    Caddy,
    /// The Envoy binary, which a Python package in `lab/servers/fastapi` brings.
    Envoy,
    /// The curl binary.
    Curl,
    /// Node alone.
    Node,
    /// Python, with httpx in `lab/servers/fastapi`.
    Httpx,
    /// Node, with Vite in `lab/servers/vite`.
    Vite,
    /// Node, with Fastify, Hono and Koa in `lab/servers/javascript`.
    JavaScript,
    /// Cloudflare's runtime, from `lab/servers/javascript`.
    Workerd,
    /// Cargo, which builds what is of the workspace.
    Cargo,
    /// Python, with botocore and PyYAML in `lab/servers/fastapi`.
    Botocore,
    /// A shell.
    Shell,
    /// Node, with the schemas of gateways in `lab/servers/manifests`.
    Manifests,
}

impl Part {
    /// The program that runs the part.
    ///
    /// # Errors
    ///
    /// [`Missing`], if the program or what it needs is not there.
    pub fn program(self) -> Result<PathBuf, Missing> {
        let servers = folder().join("servers");
        let found = match self {
            Self::Express => {
                let installed = servers.join("express/node_modules/express/package.json").is_file();
                installed.then(|| on_path("node")).flatten()
            }
            Self::FastApi => {
                let environment = servers.join("fastapi/.venv/bin");
                let installed = environment.join("uvicorn").is_file();
                installed.then(|| environment.join("python")).filter(|python| python.is_file())
            }
            Self::Django => {
                let environment = servers.join("fastapi/.venv/bin");
                let installed = environment.join("django-admin").is_file();
                installed.then(|| environment.join("python")).filter(|python| python.is_file())
            }
            Self::Flask => {
                let environment = servers.join("fastapi/.venv/bin");
                let installed = environment.join("flask").is_file() && environment.join("gunicorn").is_file();
                installed.then(|| environment.join("python")).filter(|python| python.is_file())
            }
            Self::RackCors => {
                let package = Path::new("/usr/lib/ruby/vendor_ruby/rack/cors.rb");
                package.is_file().then(|| in_folder(Path::new("/usr/bin"), "puma")).flatten()
            }
            Self::RsCors => {
                let package = Path::new("/usr/share/gocode/src/github.com/rs/cors/cors.go");
                package.is_file().then(|| on_path("go")).flatten()
            }
            Self::Go => on_path("go"),
            Self::Php => on_path("php"),
            Self::Grammars => {
                let environment = servers.join("fastapi/.venv");
                let libraries = environment.join("lib").read_dir().into_iter().flatten().flatten();
                let has = |library: std::fs::DirEntry| {
                    library.path().join("site-packages/tree_sitter_c_sharp").is_dir()
                };
                let installed = libraries.into_iter().any(has);
                installed.then(|| environment.join("bin/python")).filter(|python| python.is_file())
            }
            Self::Cargo => env::var_os("CARGO").map(PathBuf::from).or_else(|| on_path("cargo")),
            Self::Botocore => {
                let environment = servers.join("fastapi/.venv/bin");
                // The command of botocore's own query language, which comes with it alone.
                let installed = environment.join("jp.py").is_file();
                installed.then(|| environment.join("python")).filter(|python| python.is_file())
            }
            Self::Shell => on_path("sh"),
            Self::Curl => on_path("curl"),
            Self::Node => on_path("node"),
            Self::Httpx => {
                let environment = servers.join("fastapi/.venv/bin");
                let installed = environment.join("httpx").is_file();
                installed.then(|| environment.join("python")).filter(|python| python.is_file())
            }
            Self::Vite => {
                let installed = servers.join("vite/node_modules/vite/package.json").is_file();
                installed.then(|| on_path("node")).flatten()
            }
            Self::JavaScript => {
                let installed = servers.join("javascript/node_modules/fastify/package.json").is_file();
                installed.then(|| on_path("node")).flatten()
            }
            Self::Workerd => workerd(&servers.join("javascript/node_modules/@cloudflare")),
            Self::Manifests => {
                let installed = servers.join("manifests/node_modules/ajv/package.json").is_file();
                installed.then(|| on_path("node")).flatten()
            }
            Self::Apache => on_path("apache2").or_else(|| in_folder(Path::new("/usr/sbin"), "apache2")),
            Self::Caddy => on_path("caddy"),
            Self::Envoy => in_folder(&servers.join("fastapi/.venv/bin"), "envoy"),
            Self::HaProxy => on_path("haproxy").or_else(|| in_folder(Path::new("/usr/sbin"), "haproxy")),
            Self::Nginx => on_path("nginx").or_else(|| in_folder(Path::new("/usr/sbin"), "nginx")),
        };
        found.ok_or(Missing { part: self, how_to_get: "cargo xtask setup" })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Express => "Express (Node, with lab/servers/express/node_modules)",
            Self::FastApi => "FastAPI (Python, with lab/servers/fastapi/.venv)",
            Self::Flask => "Flask (Python, with lab/servers/fastapi/.venv)",
            Self::RackCors => "rack-cors (Ruby and Puma, as Debian has them)",
            Self::RsCors => "rs/cors (Go, with Debian's golang-github-rs-cors-dev)",
            Self::Go => "Go (go, on the path)",
            Self::Php => "PHP (php, on the path)",
            Self::Grammars => "tree-sitter (Python, with lab/servers/fastapi/.venv)",
            Self::Curl => "curl (on the path)",
            Self::Node => "Node (node, on the path)",
            Self::Httpx => "httpx (Python, with lab/servers/fastapi/.venv)",
            Self::Vite => "Vite (Node, with lab/servers/vite/node_modules)",
            Self::JavaScript => "Fastify, Hono and Koa (Node, with lab/servers/javascript/node_modules)",
            Self::Workerd => "workerd (in lab/servers/javascript/node_modules)",
            Self::Cargo => "Cargo (on the path)",
            Self::Botocore => "botocore (Python, with lab/servers/fastapi/.venv)",
            Self::Shell => "a shell (sh, on the path)",
            Self::Manifests => "schemas of gateways (Node, with lab/servers/manifests/node_modules)",
            Self::Django => "Django (Python, with lab/servers/fastapi/.venv)",
            Self::Apache => "Apache (apache2, on the path or in /usr/sbin)",
            Self::Envoy => "Envoy (the binary, in lab/servers/fastapi/.venv)",
            Self::Caddy => "Caddy (the binary, on the path)",
            Self::HaProxy => "HAProxy (the binary, on the path or in /usr/sbin)",
            Self::Nginx => "nginx (the binary, on the path or in /usr/sbin)",
        })
    }
}

/// A real part is not on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{part} is not on this machine; to get it, run `{how_to_get}`")]
pub struct Missing {
    /// What is missing.
    pub part: Part,
    /// The command that brings it.
    pub how_to_get: &'static str,
}

/// Whether a missing part is a failure (`CORSAC_REQUIRE_REAL_PARTS=1`), instead of a test left out.
#[must_use]
pub fn parts_required() -> bool {
    env::var_os("CORSAC_REQUIRE_REAL_PARTS").is_some_and(|value| value == "1")
}

/// The binary for this machine: npm brings no other.
fn workerd(packages: &Path) -> Option<PathBuf> {
    let entries = packages.read_dir().ok()?.filter_map(Result::ok);
    entries.map(|entry| entry.path().join("bin/workerd")).find(|program| program.is_file())
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).find_map(|folder| in_folder(&folder, name))
}

fn in_folder(folder: &Path, name: &str) -> Option<PathBuf> {
    Some(folder.join(name)).filter(|program| program.is_file())
}
