//! One HTTP/2 connection, from its first request to its last.
//!
//! Knows when nobody needs it any more; what is asked and answered is not its concern.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::time::sleep;

use super::activity::Activity;
use super::conduct::Conduct;
use super::connection::{Asked, Stream, Terms};
use super::protocol::http2;
use super::streams::{Given, Streams};

/// How long an HTTP/2 client may take to hear that its connection ends, once nothing is under way.
const FAREWELL: Duration = Duration::from_secs(20);

/// Serves an HTTP/2 connection until it ends, or is not used for so long that it is ended.
pub(super) async fn serve<IO>(
    mut stream: IO,
    terms: &Terms,
    idle: Duration,
    activity: &Arc<Activity>,
    asked: impl Asked,
) -> Result<(), hyper::Error>
where
    IO: Stream,
{
    let leaving = terms.closing.or_one_alone();
    let conduct = Conduct::new(leaving.clone());
    let judged = {
        let conduct = Arc::clone(&conduct);
        service_fn(move |request| {
            let (pending, answered) = (conduct.asks(), asked.call(request));
            async move {
                let answered = answered.await;
                pending.answered();
                answered.map(|response| response.map(Given::new))
            }
        })
    };
    let streams = Streams::over(stream.socket_mut());
    let connection = http2(streams.clone()).serve_connection(TokioIo::new(stream), judged);
    let mut connection = pin!(connection);
    let mut left = pin!(streams.are_left(|| activity.is_answering()));
    let mut seen = activity.count();
    loop {
        tokio::select! {
            biased;
            ended = &mut connection => return ended,
            () = &mut left => return Ok(()),
            () = leaving.cancelled() => break,
            () = sleep(idle) => {
                let count = activity.count();
                if count == seen && !activity.is_answering() {
                    break;
                }
                seen = count;
            }
        }
    }
    connection.as_mut().graceful_shutdown();
    let unheard = async {
        loop {
            sleep(FAREWELL).await;
            if !activity.is_answering() && !streams.hold() {
                break;
            }
        }
    };
    tokio::select! {
        biased;
        ended = connection => ended,
        () = left => Ok(()),
        () = conduct.is_too_bad() => Ok(()),
        () = unheard => Ok(()),
    }
}
