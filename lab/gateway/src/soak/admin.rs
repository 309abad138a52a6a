//! What Corsac says of itself, by its admin listener.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Error;
use crate::cases::ORIGIN;

/// How long it may take, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// All that it counts.
pub(super) fn metrics(admin: SocketAddr) -> Result<String, Error> {
    page(admin, "/metrics")
}

/// Whether preflights are answered by the configuration with this `max_age`.
pub(super) fn is_in_force(admin: SocketAddr, max_age: u64) -> Result<bool, Error> {
    let asked = format!("/explain?origin={ORIGIN}&method=PUT&path=/api/small");
    let said: String = page(admin, &asked)?.split_whitespace().collect();
    Ok(said.contains(&format!(r#"["access-control-max-age","{max_age}"]"#)))
}

fn page(admin: SocketAddr, path: &str) -> Result<String, Error> {
    let mut stream = TcpStream::connect(admin)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: {admin}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    if text.starts_with("HTTP/1.1 200 ") { Ok(text) } else { Err(format!("{path} answered:\n{text}").into()) }
}

/// The value of a series; one that does not appear has counted nothing.
pub(super) fn value(metrics: &str, series: &str) -> u64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}
