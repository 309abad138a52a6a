//! The log of a gateway that runs, on stderr.

use tracing_subscriber::EnvFilter;

use crate::args::LogFormat;

/// Begins it. `RUST_LOG` says how much of it there is; without it, `level` and what is graver.
pub(crate) fn start(format: LogFormat, level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Whoever reads the log may go away; a complaint about that would be written to the same place, and panic.
        .log_internal_errors(false);
    // A second subscriber can only mean that somebody else logs already.
    let _ = match format {
        LogFormat::Text => log.with_ansi(colour).try_init(),
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
        }
    };
}
