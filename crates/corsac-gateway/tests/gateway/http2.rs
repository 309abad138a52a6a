//! Clients of HTTP/2 that keep to no library, and abuse what it lets them do.

use corsac_gateway::Running;
use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::support::{PATIENCE, Upstream, get};
use crate::tls::Authority;
use crate::tls_client::{Trusting, ask, connect, gateway_of, to};

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

/// A flag of SETTINGS and PING.
const ACK: u8 = 1;

/// A frame that was read.
struct Frame {
    kind: u8,
    flags: u8,
    payload: Vec<u8>,
}

async fn next_frame(stream: &mut TlsStream<TcpStream>) -> std::io::Result<Frame> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).expect("it fits")];
    stream.read_exact(&mut payload).await?;
    Ok(Frame { kind: head[3], flags: head[4], payload })
}

/// A client of HTTP/2 that keeps to no library: its connection, once the gateway has said how many requests it takes.
async fn bare_http2(gateway: &Running, authority: &Authority) -> TlsStream<TcpStream> {
    let config = Trusting::Authority(authority).config(rustls::ALL_VERSIONS);
    let mut stream = connect(gateway.local_addr(), "localhost", config, &["h2"]).await.expect("a handshake");
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(SETTINGS, 0, 0, &[]));
    stream.write_all(&bytes).await.expect("bytes can be sent");
    let settings = until(&mut stream, |frame| frame.kind == SETTINGS).await.payload;
    let limit = settings.chunks(6).find(|setting| setting[..2] == [0, 3]).expect("a limit of streams");
    assert_eq!(limit[2..], 128_u32.to_be_bytes());
    stream
}

/// The frame that is looked for; the others are left out.
async fn until(stream: &mut TlsStream<TcpStream>, is_wanted: impl Fn(&Frame) -> bool) -> Frame {
    let found = async {
        loop {
            let frame =
                next_frame(stream).await.unwrap_or_else(|error| panic!("it ends without it: {error}"));
            if is_wanted(&frame) {
                return frame;
            }
        }
    };
    timeout(PATIENCE, found).await.expect("in time")
}

/// GET https://localhost/, on this stream.
fn asks(stream: u32) -> Vec<u8> {
    // :method GET, :scheme https, :path /, :authority localhost
    frame(HEADERS, 0b101, stream, &[&[0x82, 0x87, 0x84, 0x41, 9][..], b"localhost"].concat())
}

fn takes_back(stream: u32) -> Vec<u8> {
    const CANCEL: u32 = 8;
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

#[tokio::test]
async fn a_client_that_takes_requests_back_before_they_are_looked_at_is_let_go() {
    let upstream = Upstream::echo().await;
    let authority = Authority::new();
    let (gateway, _folder) = gateway_of(&authority, &to(&upstream.url()));
    let mut attack = bare_http2(&gateway, &authority).await;
    // As many as fit in one record, so that all of them are there at once.
    let bytes: Vec<u8> =
        (1..400).step_by(2).flat_map(|stream| [asks(stream), takes_back(stream)]).flatten().collect();
    attack.write_all(&bytes).await.expect("bytes can be sent");
    let goaway = until(&mut attack, |frame| frame.kind == GOAWAY).await;
    const ENHANCE_YOUR_CALM: u32 = 11;
    assert_eq!(goaway.payload[4..8], ENHANCE_YOUR_CALM.to_be_bytes());
    // Nobody else is.
    let config = Trusting::Authority(&authority).config(rustls::ALL_VERSIONS);
    let stream = connect(gateway.local_addr(), "localhost", config, &["h2"]).await.expect("a handshake");
    assert_eq!(ask(stream, get("/")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_takes_back_all_it_asks_is_told_to_go_and_cut_off_if_it_stays() {
    let upstream = Upstream::start(|_| std::future::pending()).await;
    let authority = Authority::new();
    let (gateway, _folder) = gateway_of(&authority, &to(&upstream.url()));
    let mut attack = bare_http2(&gateway, &authority).await;
    let (mut stream, mut is_told) = (1, false);
    // Few at once, and each is with the upstream before it is taken back.
    let cut = 'cut: {
        for _ in 0..100 {
            let asked: Vec<u32> = (stream..).step_by(2).take(30).collect();
            stream += 60;
            let mut bytes: Vec<u8> = asked.iter().flat_map(|stream| asks(*stream)).collect();
            bytes.extend(frame(PING, 0, 0, &[0; 8]));
            // Once it is cut off, nothing can be sent; what was said before that is still read.
            let _ = attack.write_all(&bytes).await;
            loop {
                match timeout(PATIENCE, next_frame(&mut attack)).await.expect("in time") {
                    Ok(Frame { kind: PING, flags: ACK, .. }) => break,
                    Ok(Frame { kind: GOAWAY, payload, .. }) => {
                        assert_eq!(payload[4..8], [0; 4], "it is no error: a sound client loses nothing");
                        is_told = true;
                    }
                    Ok(_) => {}
                    Err(_) => break 'cut true,
                }
            }
            let bytes: Vec<u8> = asked.iter().flat_map(|stream| takes_back(*stream)).collect();
            let _ = attack.write_all(&bytes).await;
        }
        false
    };
    assert!(is_told && cut, "{is_told} {cut}");
}
