//! Addresses to listen on.
//!
//! Resolves no names: `localhost` is the one that needs no lookup.

use std::net::{Ipv4Addr, SocketAddr};

use super::code::Code;
use super::problem::{Form, Problem};

/// Where the gateway listens unless it is told otherwise: this machine alone.
pub(crate) const DEFAULT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

pub(crate) fn parse(text: &str, form: Form) -> Result<SocketAddr, Problem> {
    let written = text.trim();
    if let Ok(address) = written.parse() {
        return Ok(address);
    }
    let (host, port) = written.rsplit_once(':').unwrap_or(("", written));
    let port = port.parse::<u16>().ok();
    match (host, port) {
        ("localhost", Some(port)) => Ok((Ipv4Addr::LOCALHOST, port).into()),
        _ => {
            let message = format!("`{text}` is not an address to listen on.");
            Err(Problem::new(Code::AddressInvalid, message, help(host, port, form)))
        }
    }
}

fn help(host: &str, port: Option<u16>, form: Form) -> String {
    let at = |host: &str, port: u16| form.spell(&format!("{host}:{port}"));
    match port {
        Some(port) if host.is_empty() || host == "*" => {
            let alone = form.write(&format!("127.0.0.1:{port}"));
            format!("{alone} for this machine alone, {} for everyone", at("0.0.0.0", port))
        }
        Some(port) => {
            let examples = format!("{} or {}", at("127.0.0.1", port), at("0.0.0.0", port));
            match form {
                Form::Value => format!("write an address of this machine, such as {examples}"),
                Form::Flag(_) => format!("pass an address of this machine, such as {examples}"),
            }
        }
        None => {
            let example = at("127.0.0.1", 8080);
            match form {
                Form::Value => format!("write an address and a port from 0 to 65535, such as {example}"),
                Form::Flag(_) => format!("pass an address and a port from 0 to 65535, such as {example}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::{Form, Problem};

    fn parse(text: &str) -> Result<SocketAddr, Problem> {
        super::parse(text, Form::Value)
    }

    #[test]
    fn what_people_write_is_read_or_answered_with_what_to_write() {
        assert_eq!(parse("localhost:3000").expect("an address").to_string(), "127.0.0.1:3000");
        assert_eq!(parse("[::1]:0").expect("an address").to_string(), "[::1]:0");
        assert!(parse(":8080").expect_err("no address").help.contains("\"0.0.0.0:8080\""));
        assert!(parse("8080").expect_err("no address").help.contains("\"127.0.0.1:8080\""));
        assert!(parse("example.com:80").expect_err("no address").help.contains("of this machine"));
        assert!(parse("127.0.0.1:99999").is_err());
    }
}
