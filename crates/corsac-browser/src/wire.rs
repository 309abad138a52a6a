//! What crosses the network: the requests a browser sends, and what comes back.
//!
//! Plain data for whoever does the sending; nothing here decides or sends.

use url::Url;

use crate::HeaderList;

/// Which of the browser's two requests this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// The `OPTIONS` request that asks for permission: `#cors-preflight-fetch-0`.
    Preflight,
    /// The request the script asked for, or its next hop after a redirect.
    Actual,
}

/// A request exactly as the browser puts it on the wire, save for what the connection adds
/// (`Host` or `:authority`, `Connection`, `Content-Length`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireRequest {
    /// Preflight or actual.
    pub kind: RequestKind,
    /// The method, byte for byte: `patch` and `PATCH` are two methods.
    pub method: String,
    /// The target; its fragment is never sent.
    pub url: Url,
    /// The headers, in the order they are sent.
    pub headers: HeaderList,
    /// The body; empty for preflights.
    pub body: Vec<u8>,
}

impl WireRequest {
    /// The best answer a server could give: whatever the request asks for is allowed, to whoever asks.
    ///
    /// For looking ahead, never for a server: no server should answer so.
    #[must_use]
    pub fn granted(&self) -> Answer {
        let mut headers = HeaderList::new();
        if let Some(origin) = self.headers.get("Origin") {
            headers.append("Access-Control-Allow-Origin", origin);
            headers.append("Access-Control-Allow-Credentials", "true");
        }
        if let Some(method) = self.headers.get("Access-Control-Request-Method") {
            headers.append("Access-Control-Allow-Methods", method);
        }
        if let Some(names) = self.headers.get("Access-Control-Request-Headers") {
            headers.append("Access-Control-Allow-Headers", names);
        }
        Answer::Response(WireResponse { status: 200, headers })
    }
}

/// A response as it arrived: the status, and the field lines as they stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireResponse {
    /// The status code, 100 to 999.
    pub status: u16,
    /// The field lines, in order, duplicates kept, white space around values removed.
    pub headers: HeaderList,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A response, whatever its status.
    Response(WireResponse),
    /// No response: the name did not resolve, nobody listened, TLS failed, the connection broke.
    NetworkError,
}
