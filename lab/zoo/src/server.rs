//! Starts a case's server on a free port, from its source in a folder of its own, and ends it when it is let go.
//!
//! Which command serves a source is said here for each stack; what is in the source does not matter.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use corsac_lab::{Ask, AskError, Missing, Part, Running, StartError, ask_at, free_port, start_command};
use tempfile::TempDir;

use crate::apply::Mended;
use crate::cache::{Cache, Manner};
use crate::case::Case;
use crate::folder;
use crate::names::Names;
use crate::rust;

/// A server that runs for as long as this value is held.
#[derive(Debug)]
pub struct Served {
    port: u16,
    // In this order: the one in front ends first.
    front: Option<Running>,
    own: Option<Running>,
    _folder: TempDir,
}

/// A server did not come up.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// What it takes is not on this machine.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// It could not be started.
    #[error(transparent)]
    NotStarted(#[from] StartError),
    /// Its folder could not be furnished.
    #[error("its folder could not be furnished: {0}")]
    NoFolder(#[from] io::Error),
    /// Whoever asked before the case got no answer.
    #[error(transparent)]
    Silent(#[from] AskError),
    /// Its source does not compile.
    #[error("it does not compile: {0}")]
    NotCompiled(String),
    /// No command is known for its stack.
    #[error("nobody knows how a server of {0} is run")]
    Unknown(String),
}

impl Served {
    /// The port where the page calls it.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What its processes wrote.
    #[must_use]
    pub fn said(&self) -> String {
        [&self.own, &self.front].into_iter().flatten().map(Running::said).collect()
    }

    /// Starts the server of a case from this source, with the application that listens on `application` behind it and the
    /// cache in front.
    ///
    /// # Errors
    ///
    /// If it does not come up.
    pub fn start(
        case: &Case,
        mended: &Mended,
        names: &Names,
        application: u16,
        cache: Option<&Cache>,
    ) -> Result<Self, ServerError> {
        let own_folder = tempfile::Builder::new().prefix("corsac-lab-zoo-").tempdir()?;
        let port = free_port();
        let fill_in = |text: &str| {
            names
                .fill_in(text)
                .replace("{port}", &port.to_string())
                .replace("{application}", &application.to_string())
                .replace("{nowhere}", &free_port().to_string())
        };
        let place = Place { folder: own_folder.path(), port };
        // Its lines have the real origin already.
        for (name, text) in &mended.files {
            let file = own_folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap_or(own_folder.path()))?;
            fs::write(file, text)?;
        }
        let own = match place.command(case, &fill_in(&mended.source))? {
            Some(mut command) => Some(start_command(&case.to_string(), &mut command, port)?),
            None => None,
        };
        let front = cache.map(|cache| cache.in_front_of(port, &mended.cache_key)).transpose()?;
        let port = front.as_ref().map_or(port, Running::port);
        let served = Self { port, front, own, _folder: own_folder };
        served.warm_up(case, names)?;
        Ok(served)
    }

    /// Asks what somebody else asked before the case.
    pub(crate) fn warm_up(&self, case: &Case, names: &Names) -> Result<(), AskError> {
        for before in &case.source.warm_up {
            let origin = before.origin.iter().map(|origin| ("Origin".to_owned(), names.fill_in(origin)));
            let ask = Ask {
                method: before.method.clone(),
                path: before.path.clone(),
                headers: origin.collect(),
                body: String::new(),
            };
            ask_at(([127, 0, 0, 1], self.port).into(), &ask)?;
        }
        Ok(())
    }
}

/// The source of a case as it is, to be started.
pub(crate) fn broken(case: &Case) -> io::Result<Mended> {
    let file = &case.source.file;
    let source = if file.extension().is_some() { fs::read_to_string(file)? } else { String::new() };
    let source = case.source.says.as_ref().map_or(source.clone(), |says| says.write_into(&source));
    Ok(Mended { source, ..Mended::default() })
}

/// What a case's server takes.
pub(crate) fn part(stack: &str) -> Option<Part> {
    Some(match stack {
        "express" => Part::Express,
        "fastify" | "hono" | "koa" => Part::JavaScript,
        "node" | "unknown" => Part::Node,
        "fastapi" => Part::FastApi,
        "django" => Part::Django,
        "flask" => Part::Flask,
        "nginx" => Part::Nginx,
        "apache" => Part::Apache,
        "caddy" => Part::Caddy,
        "haproxy" => Part::HaProxy,
        "envoy" => Part::Envoy,
        "go" => Part::RsCors,
        "rails" => Part::RackCors,
        "workers" => Part::Workerd,
        "tower-http" | "actix-cors" => Part::Cargo,
        _ => return None,
    })
}

/// What a case's server takes and this machine does not have.
#[must_use]
pub fn missing_part(case: &Case) -> Option<Part> {
    let mut parts = part(&case.stack).into_iter().chain(case.source.cache.map(Manner::part));
    parts.find(|part| part.program().is_err())
}

/// Where a server runs.
struct Place<'a> {
    folder: &'a Path,
    port: u16,
}

impl Place<'_> {
    /// The command that serves a source, once it is written; none where nothing is to run.
    fn command(&self, case: &Case, source: &str) -> Result<Option<Command>, ServerError> {
        if case.source.file.extension().is_none() {
            return Ok(None);
        }
        let program = part(&case.stack).ok_or_else(|| ServerError::Unknown(case.stack.clone()))?.program()?;
        let lab = folder().parent().unwrap_or(folder()).to_owned();
        let mut command = Command::new(program);
        command.current_dir(self.folder).env("PORT", self.port.to_string()).env_remove("NODE_ENV");
        match &*case.stack {
            "express" | "fastify" | "hono" | "koa" | "node" | "unknown" => {
                let packages = if case.stack == "express" { "express" } else { "javascript" };
                symlink(
                    lab.join("servers").join(packages).join("node_modules"),
                    self.folder.join("node_modules"),
                )?;
                let name = if case.stack == "hono" { "server.mjs" } else { "server.js" };
                command.arg(self.write(name, source)?);
            }
            "fastapi" => {
                self.write("main.py", source)?;
                python(&mut command, &["-m", "uvicorn", "main:app", "--port", &self.port.to_string()]);
            }
            "flask" => {
                self.write("main.py", source)?;
                python(
                    &mut command,
                    &["-m", "flask", "--app", "main", "run", "--port", &self.port.to_string()],
                );
            }
            "django" => {
                self.write("settings.py", source)?;
                for name in ["urls.py", "views.py"] {
                    fs::copy(folder().join("servers/django/project").join(name), self.folder.join(name))?;
                }
                let address = format!("127.0.0.1:{}", self.port);
                python(&mut command, &["-m", "django", "runserver", "--noreload", "--skip-checks", &address]);
                command.env("DJANGO_SETTINGS_MODULE", "settings");
            }
            "nginx" => self.nginx(&mut command, &lab, source)?,
            "apache" => {
                self.write("site.conf", source)?;
                self.furnish("apache.conf", "httpd.conf", self.port)?;
                fs::write(self.folder.join("users"), "lab:{SHA}X8fji//gDKRq3YkUVGSi6vdZ1cI=\n")?;
                command.arg("-X").arg("-d").arg(self.folder).arg("-f").arg(self.folder.join("httpd.conf"));
            }
            "caddy" => {
                let file = self.write("Caddyfile", source)?;
                command.arg("run").arg("--config").arg(file).args(["--adapter", "caddyfile"]);
                command.env("HOME", self.folder).env("XDG_DATA_HOME", self.folder);
            }
            "haproxy" => {
                command.arg("-db").arg("-f").arg(self.write("haproxy.cfg", source)?);
            }
            "envoy" => {
                command.args(["--disable-hot-restart", "--concurrency", "1", "--log-level", "error", "-c"]);
                command.arg(self.write("envoy.yaml", source)?);
            }
            "go" => {
                self.go(&mut command, source)?;
                command = Command::new(self.folder.join("server"));
                command.env("PORT", self.port.to_string());
            }
            "tower-http" | "actix-cors" => {
                fs::create_dir_all(self.folder.join("src"))?;
                self.write("src/main.rs", source)?;
                command = Command::new(rust::compile(self.folder).map_err(ServerError::NotCompiled)?);
                command.env("PORT", self.port.to_string());
            }
            "rails" => {
                command.args(["--no-config", "--environment", "production", "--threads", "1:4"]);
                command.args(["--bind", &format!("tcp://127.0.0.1:{}", self.port)]);
                command.arg(self.write("config.ru", source)?);
            }
            "workers" => {
                self.write("index.js", source)?;
                self.workers()?;
                command.args(["serve", "config.capnp"]);
            }
            other => return Err(ServerError::Unknown(other.to_owned())),
        }
        Ok(Some(command))
    }

    fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.folder.join(name);
        fs::write(&path, text)?;
        Ok(path)
    }

    /// A frame of `frames`, with the port filled in.
    fn furnish(&self, frame: &str, name: &str, port: u16) -> io::Result<()> {
        let text = fs::read_to_string(folder().join("frames").join(frame))?;
        self.write(name, &text.replace("{port}", &port.to_string())).map(drop)
    }

    /// The main file, and what was saved beside it.
    fn workers(&self) -> io::Result<()> {
        let files = fs::read_dir(self.folder)?.collect::<io::Result<Vec<_>>>()?;
        let names = files.iter().map(|file| file.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".js")).collect();
        names.sort_by_key(|name| name != "index.js");
        let module = |name: &String| format!("(name = \"{name}\", esModule = embed \"{name}\")");
        let modules = names.iter().map(module).collect::<Vec<_>>().join(", ");
        self.furnish("workers.capnp", "config.capnp", self.port)?;
        let config = fs::read_to_string(self.folder.join("config.capnp"))?;
        self.write("config.capnp", &config.replace("{modules}", &modules)).map(drop)
    }

    /// Compiled, without asking anybody for anything; what was compiled once stays so, beside what Cargo compiled.
    fn go(&self, command: &mut Command, source: &str) -> Result<(), ServerError> {
        self.write("main.go", source)?;
        self.furnish("go.mod", "go.mod", self.port)?;
        command.args(["build", "-mod=mod", "-o", "server", "."]);
        command.env("GOPROXY", "off").env("GOSUMDB", "off").env("GOFLAGS", "");
        let test = env::current_exe()?;
        let target = test.ancestors().nth(3).unwrap_or(self.folder);
        command.env("GOCACHE", target.join("tmp/go"));
        let built = command.output()?;
        if built.status.success() {
            return Ok(());
        }
        Err(ServerError::NotCompiled(String::from_utf8_lossy(&built.stderr).into_owned()))
    }

    /// In the frame that the scenarios have.
    fn nginx(&self, command: &mut Command, lab: &Path, source: &str) -> io::Result<()> {
        let servers = lab.join("servers/nginx");
        let backend = free_port().to_string();
        let fill_in = |text: &str| {
            let root = format!("\"{}\"", servers.join("www").display());
            text.replace("{port}", &self.port.to_string())
                .replace("{backend}", &backend)
                .replace("{root}", &root)
        };
        self.write("scenario.conf", &fill_in(source))?;
        self.write("nginx.conf", &fill_in(&fs::read_to_string(servers.join("frame.conf"))?))?;
        self.write("users", "lab:{PLAIN}open\n")?;
        command.arg("-p").arg(self.folder).arg("-c").arg(self.folder.join("nginx.conf"));
        command.args(["-e", "stderr", "-g", "daemon off; master_process off;"]);
        Ok(())
    }
}

fn python(command: &mut Command, arguments: &[&str]) {
    command.args(arguments).env("PYTHONUNBUFFERED", "1").env("PYTHONDONTWRITEBYTECODE", "1");
}
