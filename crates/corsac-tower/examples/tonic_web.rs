//! A gRPC service that pages call: tonic, gRPC-Web, and a policy around both.
//!
//! The service is the standard health check, so that there is nothing to generate; yours goes in the same place.
//!
//! ```text
//! cargo run -p corsac-tower --example tonic_web
//! ```

use std::time::Duration;

use corsac::{Faults, Policy};
use corsac_tower::CorsLayer;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::server::health_reporter;
use tonic_web::GrpcWebLayer;

/// gRPC-Web is `POST` alone; its clients send these headers, and read the outcome from those.
fn policy() -> Result<Policy, Faults> {
    Policy::builder()
        .allow_origin("https://app.example")
        .allow_headers(["content-type", "x-grpc-web", "x-user-agent", "grpc-timeout"])
        .expose_headers(["grpc-status", "grpc-message", "grpc-status-details-bin"])
        .max_age(Duration::from_secs(24 * 60 * 60))
        .into_policy()
}

async fn serve(listener: TcpListener) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let (_reporter, health) = health_reporter();
    Server::builder()
        .accept_http1(true) // What browsers speak without TLS.
        .layer(CorsLayer::new(policy()?)) // The first layer is the outermost.
        .layer(GrpcWebLayer::new())
        .add_service(health)
        .serve_with_incoming(TcpIncoming::from(listener))
        .await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    serve(TcpListener::bind("127.0.0.1:50051").await?).await
}

#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::support::ask;
    use super::*;

    const CHECK: &str = "POST /grpc.health.v1.Health/Check";
    const APP: &str = "Origin: https://app.example";
    const EVIL: &str = "Origin: https://evil.example";
    const GRPC_WEB: [&str; 2] = ["Content-Type: application/grpc-web+proto", "X-Grpc-Web: 1"];
    /// The health of the server as a whole: a frame that is not compressed and has no bytes.
    const WHOLE: [u8; 5] = [0; 5];

    async fn start() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener));
        address
    }

    fn with(origin: &'static str) -> Vec<&'static str> {
        [&[origin], &GRPC_WEB[..]].concat()
    }

    #[tokio::test]
    async fn a_page_calls_and_reads_the_outcome() {
        let answer = ask(start().await, CHECK, &with(APP), &WHOLE).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://app.example"));
        assert_eq!(
            answer.field("access-control-expose-headers"),
            Some("grpc-status, grpc-message, grpc-status-details-bin")
        );
        // `SERVING` in a frame; then, since scripts see no trailers, those in a frame as well.
        let has = |piece: &[u8]| answer.body.windows(piece.len()).any(|window| window == piece);
        assert!(has(b"\0\0\0\0\x02\x08\x01") && has(b"grpc-status:0\r\n"), "{answer:?}");
    }

    #[tokio::test]
    async fn the_preflight_is_answered_without_the_service() {
        let address = start().await;
        let asks = [
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: content-type,grpc-timeout,x-grpc-web,x-user-agent",
        ];
        let target = "OPTIONS /grpc.health.v1.Health/Check";
        let answer = ask(address, target, &[APP, asks[0], asks[1]], b"").await;
        assert_eq!(
            (answer.status, answer.field("access-control-allow-origin")),
            (204, Some("https://app.example"))
        );
        let headers = answer.field("access-control-allow-headers").expect("headers are allowed");
        assert_eq!(headers, "content-type, x-grpc-web, x-user-agent, grpc-timeout");
        assert_eq!(answer.field("grpc-status"), None);

        let answer = ask(address, target, &[EVIL, asks[0], asks[1]], b"").await;
        assert_eq!((answer.status, answer.is_silent()), (403, true));
        assert!(ask(address, CHECK, &with(EVIL), &WHOLE).await.is_silent());
    }

    #[tokio::test]
    async fn errors_are_readable() {
        let address = start().await;
        // `Unknown`, which nobody registered: field 1, four letters.
        let unknown = [&[0, 0, 0, 0, 6, 0x0a, 4][..], b"nope"].concat();
        for (target, body, code) in [(CHECK, &unknown[..], "5"), ("POST /no.such.Service/Call", &WHOLE, "12")]
        {
            let answer = ask(address, target, &with(APP), body).await;
            assert_eq!((answer.status, answer.field("grpc-status")), (200, Some(code)), "{answer:?}");
            assert_eq!(answer.field("access-control-allow-origin"), Some("https://app.example"));
            assert!(
                answer.field("access-control-expose-headers").is_some_and(|all| all.contains("grpc-status"))
            );
        }
    }
}
