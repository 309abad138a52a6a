//! One exchange over HTTP/2.
//!
//! hyper speaks the protocol; this maps its words. Names arrive in lower case, because HTTP/2 has no other.

use bytes::Bytes;
use corsac_browser::{WireRequest, WireResponse};
use http::{HeaderName, HeaderValue};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::exchange::{self, Failure, Limits, Received, Retry};
use crate::http1::Stream;
use crate::request::http2_request;
use crate::target::Target;
use crate::{BodyProblem, BodySample, HttpVersion, Unreachable, UnreachableKind};

/// A connection that has shaken hands; dropping it ends the task that drives it.
#[derive(Debug)]
pub(crate) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
}

impl Drop for Http2 {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Http2 {
    pub(crate) async fn handshake(
        stream: impl Stream + 'static,
        target: &Target,
        limits: &Limits,
    ) -> Result<Self, Failure> {
        // The server may send ahead no more than the sample that is kept, within what the protocol allows.
        let window = u32::try_from(limits.max_body_bytes).unwrap_or(u32::MAX).clamp(65_535, (1 << 31) - 1);
        // The limit proper is kept below: what the library turns away itself it calls a breach of protocol.
        let max_head_bytes = u32::try_from(limits.max_head_bytes.saturating_mul(4)).unwrap_or(u32::MAX);
        let deadline = limits.head_deadline();
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .initial_stream_window_size(window)
            .initial_connection_window_size(window.saturating_mul(4).min((1 << 31) - 1))
            .max_header_list_size(max_head_bytes);
        let (sender, connection) =
            match timeout_at(deadline.at, builder.handshake(TokioIo::new(stream))).await {
                Ok(shaken) => shaken.map_err(|error| explain(target, &error, limits))?,
                Err(_) => return Err(exchange::timed_out(target, deadline, 0).into()),
            };
        // What ends the connection is reported to the request that was on it.
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender, driver })
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends the request and reads the response, as far as it is wanted.
    pub(crate) async fn send(
        &mut self,
        target: &Target,
        request: &WireRequest,
        limits: &Limits,
    ) -> Result<Received, Failure> {
        let deadline = limits.head_deadline();
        let request = http2_request(request)?;
        let exchange = async {
            self.sender.ready().await?;
            self.sender.send_request(request).await
        };
        let (head, mut incoming) = match timeout_at(deadline.at, exchange).await {
            Ok(answered) => answered.map_err(|error| explain(target, &error, limits))?.into_parts(),
            Err(_) => return Err(exchange::timed_out(target, deadline, 0).into()),
        };
        let head_at = Instant::now();
        if head.headers.len() > limits.max_headers {
            return Err(exchange::too_many_headers(target, limits.max_headers).into());
        }
        let line_bytes = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
        if head.headers.iter().map(line_bytes).sum::<usize>() > limits.max_head_bytes {
            return Err(exchange::too_large(target, limits.max_head_bytes).into());
        }

        let mut body = BodySample::default();
        let deadline = limits.body_deadline();
        body.problem =
            timeout_at(deadline.at, read_body(&mut incoming, &mut body.bytes, limits.max_body_bytes))
                .await
                .unwrap_or(Some(BodyProblem::TimedOut));
        body.complete = body.problem.is_none();

        let headers = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        Ok(Received {
            version: HttpVersion::Http2,
            response: WireResponse { status: head.status.as_u16(), headers },
            ignored_lines: Vec::new(),
            head_at,
            body,
            reusable: self.is_open(),
        })
    }
}

async fn read_body(incoming: &mut Incoming, bytes: &mut Vec<u8>, max: usize) -> Option<BodyProblem> {
    while let Some(frame) = incoming.frame().await {
        let Ok(frame) = frame else { return Some(BodyProblem::Truncated) };
        let Some(data) = frame.data_ref() else { continue }; // Trailers.
        let room = max - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Some(BodyProblem::OverLimit);
        }
    }
    None
}

fn explain(target: &Target, error: &hyper::Error, limits: &Limits) -> Failure {
    let Some(cause) = exchange::find_cause::<h2::Error>(error) else {
        return exchange::ended(target, exchange::find_cause(error), 0);
    };
    if cause.is_io() {
        return exchange::ended(target, cause.get_io(), 0);
    }
    let reason = cause.reason().unwrap_or(h2::Reason::NO_ERROR);
    if !cause.is_remote() {
        return match reason {
            // How the library turns away a head that goes on and on.
            h2::Reason::ENHANCE_YOUR_CALM | h2::Reason::COMPRESSION_ERROR => {
                exchange::too_large(target, limits.max_head_bytes).into()
            }
            _ => exchange::malformed(
                target,
                &format!("it breaks HTTP/2's rules, or its head is far too large ({cause})"),
            )
            .into(),
        };
    }
    Failure {
        unreachable: Unreachable::new(
            UnreachableKind::Reset,
            format!("{target} refused the request over HTTP/2, with {reason:?}."),
            "Look into the server's log, or into that of the proxy in front of it.",
        ),
        retry: match reason {
            h2::Reason::HTTP_1_1_REQUIRED => Retry::OverHttp1,
            h2::Reason::NO_ERROR | h2::Reason::REFUSED_STREAM => Retry::OnFreshConnection,
            _ => Retry::No,
        },
    }
}
