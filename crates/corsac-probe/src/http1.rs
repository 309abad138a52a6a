//! One exchange over HTTP/1.1.
//!
//! Written here and not left to an HTTP library, because a browser's verdict hangs on what libraries tidy
//! away: the order and case of field lines on the way out, and lines that are no headers on the way back.
//! Knows no TLS: it is given a stream of bytes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Waker};

use corsac_browser::{WireRequest, WireResponse};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf, split};
use tokio::time::{Instant, timeout_at};

use crate::body::{Chunks, Framing, Progress};
use crate::exchange::{self, Failure, Limits, Received};
use crate::head::{self, Head, HeadFault};
use crate::request::http1_head;
use crate::target::Target;
use crate::{BodyProblem, BodySample, HttpVersion, Unreachable};

/// A stream of bytes in both directions: TCP, or TLS over it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Whether a connection at rest is still open and has nothing to say.
///
/// Some servers send a `408` to nobody before they close; that must not be taken for an answer.
pub(crate) fn is_at_rest(stream: &mut dyn Stream) -> bool {
    let mut byte = [0];
    let mut byte = ReadBuf::new(&mut byte);
    Pin::new(stream).poll_read(&mut Context::from_waker(Waker::noop()), &mut byte).is_pending()
}

/// How much is asked of the stream at a time.
const READ_SIZE: usize = 16 * 1024;

/// Sends the request and reads the response, as far as it is wanted.
pub(crate) async fn send(
    stream: &mut dyn Stream,
    target: &Target,
    request: &WireRequest,
    limits: &Limits,
) -> Result<Received, Failure> {
    let (mut reader, mut writer) = split(stream);
    let deadline = limits.head_deadline();
    let mut buffer = Vec::new();
    let answered = timeout_at(
        deadline.at,
        write_and_read_head(&mut reader, &mut writer, &mut buffer, target, request, limits),
    );
    let (head, written) = match answered.await {
        Ok(answered) => answered?,
        Err(_) => return Err(exchange::timed_out(target, deadline, buffer.len()).into()),
    };
    let head_at = Instant::now();

    let framing = Framing::of(&request.method, head.status, &head.headers)
        .map_err(|_| exchange::malformed(target, "it declares two different Content-Length values"))?;
    let deadline = limits.body_deadline();
    let mut body = Body { sample: BodySample::default(), framing, max: limits.max_body_bytes };
    let ended = timeout_at(deadline.at, body.read(&mut reader, buffer)).await;
    let clean = ended.unwrap_or_else(|_| {
        body.sample.problem = Some(BodyProblem::TimedOut);
        false
    });
    body.sample.complete = body.sample.problem.is_none();

    Ok(Received {
        version: head.version,
        reusable: clean && written && stays_open(&head),
        response: WireResponse { status: head.status, headers: head.headers },
        ignored_lines: head.ignored,
        head_at,
        body: body.sample,
    })
}

/// Writes the request and reads a head at the same time: a server may answer before it has read a whole
/// upload.
///
/// Says, beside the head, whether the request was written to its end. What is left in `buffer` belongs to the
/// body.
async fn write_and_read_head(
    reader: &mut ReadHalf<&mut dyn Stream>,
    writer: &mut WriteHalf<&mut dyn Stream>,
    buffer: &mut Vec<u8>,
    target: &Target,
    request: &WireRequest,
    limits: &Limits,
) -> Result<(Head, bool), Failure> {
    let write = async {
        writer.write_all(&http1_head(request)).await?;
        writer.write_all(&request.body).await?;
        writer.flush().await
    };
    let read = read_final_head(reader, buffer, target, limits);
    tokio::pin!(write, read);
    let mut written: Option<io::Result<()>> = None;
    loop {
        tokio::select! {
            // Where writing fails the server may still have said why; reading finds the end otherwise.
            result = &mut write, if written.is_none() => written = Some(result),
            head = &mut read => return Ok((head?, matches!(written, Some(Ok(()))))),
        }
    }
}

/// Reads heads until one is not interim.
async fn read_final_head(
    reader: &mut ReadHalf<&mut dyn Stream>,
    buffer: &mut Vec<u8>,
    target: &Target,
    limits: &Limits,
) -> Result<Head, Failure> {
    let mut interim = 0; // Bytes of interim heads, which count too: they could go on for ever.
    loop {
        let allowed = limits.max_head_bytes - interim;
        let end = read_until_head(reader, buffer, target, allowed, limits).await?;
        let head = head::parse(&buffer[..end], limits.max_headers)
            .map_err(|fault| explain_fault(target, fault, &buffer[..end], limits))?;
        buffer.drain(..end);
        match head.status {
            101 => {
                let what = "it switches to another protocol (101), which nobody asked for";
                return Err(exchange::malformed(target, what).into());
            }
            100..=199 => interim += end,
            _ => return Ok(head),
        }
    }
}

/// Reads until `buffer` begins with a whole head, and says where that ends.
async fn read_until_head(
    reader: &mut ReadHalf<&mut dyn Stream>,
    buffer: &mut Vec<u8>,
    target: &Target,
    allowed: usize,
    limits: &Limits,
) -> Result<usize, Failure> {
    let mut searched = 0;
    loop {
        if !head::may_begin_head(buffer) {
            return Err(not_http(target, buffer).into());
        }
        match head::end_of_head(buffer, searched) {
            Some(end) if end <= allowed => return Ok(end),
            None if buffer.len() <= allowed => {}
            _ => return Err(exchange::too_large(target, limits.max_head_bytes).into()),
        }
        searched = buffer.len();
        buffer.reserve(READ_SIZE);
        match reader.read_buf(buffer).await {
            Ok(0) => return Err(exchange::ended(target, None, buffer.len())),
            Ok(_) => {}
            Err(error) => return Err(exchange::ended(target, Some(&error), buffer.len())),
        }
    }
}

fn explain_fault(target: &Target, fault: HeadFault, bytes: &[u8], limits: &Limits) -> Unreachable {
    match fault {
        HeadFault::NotHttp => not_http(target, bytes),
        HeadFault::Status => {
            exchange::malformed(target, &format!("it has no status code ({})", beginning(bytes)))
        }
        HeadFault::Nul => exchange::malformed(target, "there is a NUL byte in its head"),
        HeadFault::LoneCarriageReturn => {
            exchange::malformed(target, "there is a carriage return without a line feed in its head")
        }
        HeadFault::TooManyHeaders => exchange::too_many_headers(target, limits.max_headers),
    }
}

/// Bytes that are not HTTP: often TLS, which says so by an alert record.
fn not_http(target: &Target, bytes: &[u8]) -> Unreachable {
    let unreachable = exchange::malformed(target, &format!("it begins with {}", beginning(bytes)));
    match bytes {
        [0x15 | 0x16, 0x03, ..] if !target.secure => Unreachable {
            message: format!("{target} answered plain HTTP with TLS."),
            hint: format!("The server speaks TLS on this port: try {}.", target.under_other_scheme()),
            ..unreachable
        },
        _ => unreachable,
    }
}

/// The first bytes, fit to be shown.
fn beginning(bytes: &[u8]) -> String {
    format!("`{}`", bytes[..bytes.len().min(32)].escape_ascii())
}

/// Whether the server lets the connection stand:
/// <https://httpwg.org/specs/rfc9112.html#persistent.tear-down>.
fn stays_open(head: &Head) -> bool {
    let connection = head.headers.get_text("connection").unwrap_or_default();
    let mut options = connection.split(',').map(str::trim);
    match head.version {
        HttpVersion::Http10 => options.any(|option| option.eq_ignore_ascii_case("keep-alive")),
        _ => !options.any(|option| option.eq_ignore_ascii_case("close")),
    }
}

/// A body as far as it has come.
struct Body {
    sample: BodySample,
    framing: Framing,
    max: usize,
}

impl Body {
    /// Reads the sample, and says whether the stream stands exactly behind the body.
    async fn read(&mut self, reader: &mut ReadHalf<&mut dyn Stream>, mut buffer: Vec<u8>) -> bool {
        let mut chunks = Chunks::default();
        // Frames around tiny chunks weigh more than the data; they are bounded too.
        let mut frame_budget = self.max.saturating_mul(8).saturating_add(READ_SIZE);
        loop {
            let bytes = &mut self.sample.bytes;
            let arrived = buffer.len();
            let (used, progress) = match self.framing {
                Framing::Chunked => chunks.feed(&buffer, bytes),
                Framing::UntilClose => {
                    bytes.extend_from_slice(&buffer);
                    (arrived, Progress::More)
                }
                Framing::Length(length) => {
                    let left = usize::try_from(length).unwrap_or(usize::MAX) - bytes.len();
                    let used = left.min(arrived);
                    bytes.extend_from_slice(&buffer[..used]);
                    (used, if used == left { Progress::Complete } else { Progress::More })
                }
            };
            if bytes.len() > self.max || frame_budget < used {
                bytes.truncate(self.max);
                self.sample.problem = Some(BodyProblem::OverLimit);
                return false;
            }
            frame_budget -= used;
            match progress {
                Progress::Complete => return used == arrived,
                Progress::Malformed => {
                    self.sample.problem = Some(BodyProblem::Malformed);
                    return false;
                }
                Progress::More => buffer.clear(),
            }
            buffer.reserve(READ_SIZE);
            match reader.read_buf(&mut buffer).await {
                Ok(0) | Err(_) if self.framing != Framing::UntilClose => {
                    self.sample.problem = Some(BodyProblem::Truncated);
                    return false;
                }
                Ok(0) => return false,
                Ok(_) => {}
                Err(_) => {
                    self.sample.problem = Some(BodyProblem::Truncated);
                    return false;
                }
            }
        }
    }
}
