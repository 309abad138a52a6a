//! The running gateway: binds, serves on one single-threaded runtime a core, and drains.
//!
//! Knows sockets, threads and time; what is answered is in [`crate::exchange`].

mod activity;
mod admin;
mod brief;
mod conduct;
mod connection;
mod counted;
mod handshake;
mod http2;
mod listener;
mod patience;
mod protocol;
mod ready;
mod reload;
mod shutdown;
mod signals;
mod socket;
mod start_error;
mod streams;
mod watch;
mod wire;
mod worker;

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::JoinHandle;

pub use reload::{ReloadError, ReloadHandle};
pub use shutdown::ShutdownHandle;
pub use signals::termination;
pub use start_error::StartError;

use crate::client::{Client, Dialer, watch_health};
use crate::config::{Config, ConfigSource, Timeouts};
use crate::exchange::Exchange;
use crate::live::Live;
use admin::Pages;
use worker::Worker;

/// The way from a configuration to a running gateway.
#[derive(Debug, Clone, Copy)]
pub struct Gateway;

impl Gateway {
    /// Takes the addresses; connections wait from here on, and are served once it runs.
    ///
    /// # Errors
    ///
    /// Where an address cannot be had, or upstreams' certificates could not be judged.
    pub fn bind(config: Config) -> Result<Bound, StartError> {
        let dialer = Dialer::new(&config.extra_roots, config.has_https(), config.timeouts.connect)?;
        let workers =
            config.workers.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        let listen = |address, count| {
            listener::listen(address, count).map_err(|error| StartError::Listen { address, error })
        };
        let listeners = listen(config.listen, workers)?;
        let admin = config.admin.map(|address| listen(address, 1)).transpose()?.and_then(|mut one| one.pop());
        let address_of = |listener: &TcpListener, address| {
            listener.local_addr().map_err(|error| StartError::Listen { address, error })
        };
        let local_addr = address_of(&listeners[0], config.listen)?;
        let admin_addr =
            admin.as_ref().zip(config.admin).map(|(it, address)| address_of(it, address)).transpose()?;
        let shutdown = ShutdownHandle::default();
        let live = Arc::new(Live::new(config, dialer, listeners.len()));
        let workers = listeners
            .into_iter()
            .enumerate()
            .map(|(index, listener)| Worker {
                listener,
                exchange: Exchange::new(Arc::clone(&live), Client::new(index, &live.dialer, &live.endpoints)),
                shutdown: shutdown.clone(),
                live: Arc::clone(&live),
            })
            .collect();
        Ok(Bound { live, local_addr, admin_addr, workers, admin, shutdown, reload: None })
    }
}

/// A gateway that has its addresses.
#[must_use = "connections wait until the gateway runs"]
pub struct Bound {
    live: Arc<Live>,
    local_addr: SocketAddr,
    admin_addr: Option<SocketAddr>,
    workers: Vec<Worker>,
    admin: Option<TcpListener>,
    shutdown: ShutdownHandle,
    reload: Option<ReloadHandle>,
}

/// How a gateway ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// How many connections were cut off; 0 where every request was answered.
    pub cut: usize,
}

impl Bound {
    /// Where it listens; the port is the real one.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Where its admin listener answers `/livez`, `/readyz`, `/metrics`, `/config` and `/explain`, if it has one.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin_addr
    }

    /// What it was made from.
    #[must_use]
    pub fn config(&self) -> Config {
        self.live.current().config.clone()
    }

    /// Has the configuration read again from there: when one of its files changes, at SIGHUP where signals are listened
    /// to ([`Bound::run_until_terminated`]), and when the [`ReloadHandle`] is used.
    pub fn reloading(self, source: ConfigSource) -> Self {
        let reload = Some(ReloadHandle::new(source, Arc::clone(&self.live)));
        Self { reload, ..self }
    }

    /// Reads the configuration again, from any thread; none without [`Bound::reloading`].
    #[must_use]
    pub fn reload_handle(&self) -> Option<ReloadHandle> {
        self.reload.clone()
    }

    /// Stops it, from any thread.
    #[must_use]
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        self.shutdown.clone()
    }

    /// Serves on this thread and its workers, until SIGTERM or SIGINT; a second one does not wait for the drain.
    ///
    /// # Errors
    ///
    /// As [`Bound::run`].
    pub fn run_until_terminated(self) -> Result<Drained, StartError> {
        let (shutdown, reload) = (self.shutdown_handle(), self.reload_handle());
        self.run(async move {
            tokio::select! {
                () = termination() => {}
                () = signals::reload_at_hangup(reload) => {}
            }
            tokio::spawn(async move {
                termination().await;
                shutdown.shutdown_now();
            });
        })
    }

    /// Serves on this thread and its workers, until `stop` is done or the [`ShutdownHandle`] is used; then drains.
    ///
    /// Blocks, and so is not for use inside of a runtime; `stop` itself runs on one.
    ///
    /// # Errors
    ///
    /// Where the system gives no threads or timers.
    pub fn run(self, stop: impl Future<Output = ()>) -> Result<Drained, StartError> {
        let Self { local_addr, admin_addr, workers, admin, shutdown, live, reload } = self;
        let runtime = runtime()?;
        let threads: Vec<JoinHandle<Result<usize, StartError>>> = workers
            .into_iter()
            .enumerate()
            .map(|(index, worker)| start(index, worker).inspect_err(|_| shutdown.shutdown_now()))
            .collect::<Result<_, _>>()?;
        let admin_addr = admin_addr.map(tracing::field::display);
        tracing::info!(%local_addr, admin_addr, workers = threads.len(), "listening");
        runtime.block_on(async {
            if let Some(listener) = admin {
                tokio::spawn(admin::serve(
                    listener,
                    Pages { shutdown: shutdown.clone(), live: Arc::clone(&live) },
                ));
            }
            let health = tokio::spawn(watch_health(live.dialer.clone(), Arc::clone(&live.endpoints)));
            let watch = reload.map(|reload| tokio::spawn(watch::run(reload)));
            tokio::select! {
                () = stop => shutdown.shutdown(),
                () = shutdown.leaving.cancelled() => {}
            }
            if let Some(watch) = watch {
                watch.abort();
            }
            let Timeouts { notice, drain, .. } = live.current().config.timeouts();
            if !notice.is_zero() {
                tracing::info!(?notice, "not ready any more: new connections are still taken");
                tokio::select! {
                    () = tokio::time::sleep(notice) => {}
                    () = shutdown.cut.cancelled() => {}
                }
            }
            tracing::info!(timeout = ?drain, "draining");
            shutdown.drain.cancel();
            // The runtime goes on meanwhile: readiness is asked for, and a second signal may come.
            let drained =
                tokio::task::spawn_blocking(move || join(threads)).await.unwrap_or(Ok(Drained { cut: 0 }));
            if let Ok(Drained { cut: cut @ 1.. }) = drained {
                tracing::warn!(cut, "connections did not finish in time and were cut off");
            }
            health.abort();
            drained
        })
    }

    /// Serves on threads of its own, until the value is dropped or its handle is used.
    ///
    /// ```
    /// use corsac_gateway::{Config, Gateway};
    ///
    /// let text = "listen = \"127.0.0.1:0\"\n[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:9\"\n";
    /// let config = Config::parse("corsac.toml".as_ref(), text, &|_| None)?;
    /// let running = Gateway::bind(config)?.spawn();
    /// println!("http://{}/", running.local_addr());
    /// running.stop()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "the gateway stops when this is dropped"]
    pub fn spawn(self) -> Running {
        let (local_addr, admin_addr, shutdown) = (self.local_addr, self.admin_addr, self.shutdown_handle());
        let reload = self.reload_handle();
        let thread = std::thread::spawn(move || self.run(std::future::pending()));
        Running { local_addr, admin_addr, shutdown, reload, thread: Some(thread) }
    }
}

/// A gateway on threads of its own. Dropping it cuts it off; [`Running::stop`] lets it finish.
#[derive(Debug)]
pub struct Running {
    local_addr: SocketAddr,
    admin_addr: Option<SocketAddr>,
    shutdown: ShutdownHandle,
    reload: Option<ReloadHandle>,
    thread: Option<JoinHandle<Result<Drained, StartError>>>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Where its admin listener answers `/livez`, `/readyz`, `/metrics`, `/config` and `/explain`, if it has one.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin_addr
    }

    /// Stops it, from any thread.
    #[must_use]
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        self.shutdown.clone()
    }

    /// Reads the configuration again, from any thread; none without [`Bound::reloading`].
    #[must_use]
    pub fn reload_handle(&self) -> Option<ReloadHandle> {
        self.reload.clone()
    }

    /// Takes no new connections, waits for running requests, and says how it ended.
    ///
    /// # Errors
    ///
    /// Where it never ran.
    pub fn stop(mut self) -> Result<Drained, StartError> {
        self.shutdown.shutdown();
        self.join()
    }

    fn join(&mut self) -> Result<Drained, StartError> {
        self.thread
            .take()
            .map_or(Ok(Drained { cut: 0 }), |thread| thread.join().unwrap_or_else(|_| Err(died())))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.shutdown_now();
        // Whoever drops it has no use for how it ended.
        let _ = self.join();
    }
}

fn start(index: usize, worker: Worker) -> Result<JoinHandle<Result<usize, StartError>>, StartError> {
    let runtime = runtime()?;
    std::thread::Builder::new()
        .name(format!("corsac-{index}"))
        .spawn(move || {
            let cut = runtime.block_on(worker.run());
            // A name lookup that hangs is not waited for.
            runtime.shutdown_background();
            cut.map_err(|error| StartError::Runtime { error })
        })
        .map_err(|error| StartError::Runtime { error })
}

fn join(threads: Vec<JoinHandle<Result<usize, StartError>>>) -> Result<Drained, StartError> {
    let mut cut = 0;
    for thread in threads {
        cut += thread.join().unwrap_or_else(|_| Err(died()))?;
    }
    Ok(Drained { cut })
}

fn died() -> StartError {
    StartError::Runtime { error: std::io::Error::other("a thread panicked") }
}

fn runtime() -> Result<tokio::runtime::Runtime, StartError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| StartError::Runtime { error })
}
