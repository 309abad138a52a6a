//! Why a gateway does not start, and what to do about it.
//!
//! Faults of the configuration are another matter: [`ConfigFaults`](crate::ConfigFaults).

use std::fmt;
use std::io;
use std::net::SocketAddr;

use crate::config::{Code, Finding, Place, Severity};

/// Why a gateway does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// It cannot listen.
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// Certificates of upstreams cannot be judged.
    Roots {
        /// Why.
        error: rustls::Error,
    },
    /// An upstream speaks https, and the platform trusts nobody.
    NoRoots,
    /// The system gives no threads or timers.
    Runtime {
        /// Why.
        error: io::Error,
    },
}

impl StartError {
    /// What is wrong, in a sentence.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::Listen { address, error } => match error.kind() {
                io::ErrorKind::AddrInUse => format!("{address} is in use already."),
                io::ErrorKind::PermissionDenied => format!("This user may not listen on {address}."),
                io::ErrorKind::AddrNotAvailable => format!("{address} is not an address of this machine."),
                _ => format!("{address} cannot be listened on: {error}."),
            },
            Self::Roots { error } => format!("A certificate authority cannot be used: {error}."),
            Self::NoRoots => {
                "An upstream speaks https, and this machine trusts no certificate authority.".into()
            }
            Self::Runtime { error } => format!("The gateway cannot run: {error}."),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Listen { address, error } => {
                let port = address.port();
                match error.kind() {
                    io::ErrorKind::AddrInUse => format!(
                        "stop what listens there (`ss -ltnp 'sport = :{port}'` names it), or listen on another port"
                    ),
                    io::ErrorKind::PermissionDenied if port < 1024 => {
                        "listen on a port from 1024 up, or give the program CAP_NET_BIND_SERVICE".into()
                    }
                    io::ErrorKind::PermissionDenied => "look at what restricts this process".into(),
                    io::ErrorKind::AddrNotAvailable => {
                        format!(
                            "listen on 127.0.0.1:{port} for this machine alone, on 0.0.0.0:{port} for everyone"
                        )
                    }
                    _ => "listen on another address".into(),
                }
            }
            Self::Roots { .. } => "look at the file the certificate came from".into(),
            Self::NoRoots => {
                "install the package ca-certificates, or set SSL_CERT_FILE to a file of certificates".into()
            }
            Self::Runtime { .. } => "look at the limits on threads and open files (`ulimit -a`)".into(),
        }
    }
}

impl StartError {
    /// As a finding, for where a configuration that is sound cannot be served.
    pub(super) fn as_finding(&self) -> Finding {
        let place = Place::File { name: "this machine".to_owned() };
        let code = Code::MachineUnfit.as_str();
        Finding {
            severity: Severity::Error,
            code,
            message: self.what(),
            place,
            help: self.remedy(),
            policy: None,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\n   = help: {}", self.what(), self.remedy())
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen { error, .. } | Self::Runtime { error } => Some(error),
            Self::Roots { error } => Some(error),
            Self::NoRoots => None,
        }
    }
}
