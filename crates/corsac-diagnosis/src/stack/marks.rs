//! The marks by which a stack is known: headers, cookies, and the words of error pages.
//!
//! A table in the order in which marks count; the first that fits wins.

use corsac_browser::{HeaderList, WireResponse};

use super::Stack;

/// What a stack leaves in a response.
enum Mark {
    /// A header of that name with that text in its value, whatever the case.
    Says(&'static str, &'static str),
    /// A header of that name.
    Has(&'static str),
    /// A cookie whose name ends so.
    Cookie(&'static str),
    /// Headers that all come.
    Together(&'static [(&'static str, &'static str)]),
    /// A text in the body of an error page.
    Page(&'static str),
    /// A text that the body of an error page begins with.
    PageBegins(&'static str),
    /// A text that is the whole body of an error page with that status.
    PageIs(u16, &'static str),
    /// Texts that all are in the body of an error page.
    PageTogether(&'static [&'static str]),
}

use Mark::{Cookie, Has, Page, PageBegins, PageIs, PageTogether, Says, Together};

/// Applications first, then what stores, then what stands in front.
const MARKS: &[(Stack, Mark)] = &[
    (Stack::Next, Says("x-powered-by", "next.js")),
    (Stack::Express, Says("x-powered-by", "express")),
    (Stack::Laravel, Cookie("laravel_session")),
    (Stack::Laravel, Says("x-powered-by", "laravel")),
    (Stack::Django, Cookie("csrftoken")),
    (Stack::Django, Says("server", "wsgiserver")),
    // What its SecurityMiddleware adds to every response, errors and preflights included.
    (
        Stack::Django,
        Together(&[("referrer-policy", "same-origin"), ("cross-origin-opener-policy", "same-origin")]),
    ),
    (Stack::Fastify, Says("keep-alive", "timeout=72")),
    (Stack::Flask, Says("server", "werkzeug")),
    (Stack::FastApi, Says("server", "uvicorn")),
    (Stack::FastApi, Says("server", "hypercorn")),
    (Stack::Spring, Has("x-application-context")),
    (Stack::Spring, Cookie("jsessionid")),
    // What Spring Security adds to every response.
    (
        Stack::Spring,
        Together(&[
            ("x-xss-protection", "0"),
            ("pragma", "no-cache"),
            ("cache-control", "no-store, max-age=0, must-revalidate"),
        ]),
    ),
    (Stack::AspNet, Says("x-powered-by", "asp.net")),
    (Stack::AspNet, Has("x-aspnet-version")),
    (Stack::AspNet, Has("x-aspnetcore-version")),
    (Stack::AspNet, Says("server", "kestrel")),
    (Stack::AspNet, Cookie(".aspnetcore.session")),
    (Stack::Rails, Together(&[("x-runtime", ""), ("x-request-id", "")])),
    (Stack::Rails, Says("x-powered-by", "phusion passenger")),
    (Stack::Php, Says("x-powered-by", "php")),
    (Stack::Php, Cookie("phpsessid")),
    (Stack::AspNet, Says("server", "microsoft-iis")),
    // Error pages of applications that send no mark of their own.
    (Stack::Spring, PageTogether(&["\"timestamp\"", "\"status\"", "\"error\"", "\"path\""])),
    (Stack::Spring, Page("Whitelabel Error Page")),
    (Stack::Spring, Page("Invalid CORS request")),
    (Stack::Fastify, PageTogether(&["\"message\":\"Route ", "\"statusCode\":"])),
    (Stack::Express, Page("<pre>Cannot ")),
    (Stack::Express, PageTogether(&["\"message\":\"Cannot ", "\"statusCode\":"])),
    (Stack::Django, Page("<p>The requested resource was not found on this server.</p>")),
    (Stack::Django, Page("DEBUG = True")),
    (Stack::Django, Page("{\"detail\":\"Not found.\"}")),
    (Stack::Django, Page("{\"detail\":\"Authentication credentials were not provided.\"}")),
    (Stack::Flask, Page("If you entered the URL manually please check your spelling and try again.")),
    (Stack::Flask, Page("<p>The method is not allowed for the requested URL.</p>")),
    (Stack::FastApi, Page("{\"detail\":\"Not Found\"}")),
    (Stack::FastApi, Page("{\"detail\":\"Method Not Allowed\"}")),
    (Stack::FastApi, Page("Disallowed CORS ")),
    // Neither axum nor Actix Web says what it is; these words are their own.
    (Stack::TowerHttp, PageBegins("Expected request with `Content-Type: application/json`")),
    (Stack::TowerHttp, PageBegins("Failed to deserialize the JSON body into the target type: ")),
    (Stack::TowerHttp, PageBegins("Failed to parse the request body as JSON: ")),
    (Stack::ActixCors, PageIs(400, "Origin is not allowed to make this request")),
    (Stack::ActixCors, PageIs(400, "Requested method is not allowed")),
    (Stack::ActixCors, PageIs(400, "One or more request headers are not allowed")),
    (Stack::ActixCors, PageBegins("Json deserialize error: ")),
    (Stack::ApiGateway, Page("{\"message\":\"Missing Authentication Token\"}")),
    // What stores.
    (Stack::S3, Says("server", "amazons3")),
    (Stack::S3, Has("x-amz-bucket-region")),
    (Stack::Gcs, Has("x-guploader-uploadid")),
    (Stack::Gcs, Has("x-goog-generation")),
    (Stack::Azure, Says("server", "windows-azure")),
    (Stack::Azure, Has("x-azure-ref")),
    (Stack::Azure, Together(&[("x-ms-request-id", ""), ("x-ms-version", "")])),
    // Gateways and proxies.
    (Stack::ApiGateway, Has("apigw-requestid")),
    (Stack::ApiGateway, Has("x-amz-apigw-id")),
    (Stack::Kong, Says("server", "kong")),
    (Stack::Kong, Says("via", "kong")),
    (Stack::Kong, Has("x-kong-request-id")),
    (Stack::Kong, Has("x-kong-upstream-latency")),
    (Stack::Apisix, Says("server", "apisix")),
    (Stack::Istio, Says("server", "istio-envoy")),
    (Stack::Envoy, Says("server", "envoy")),
    (Stack::Envoy, Has("x-envoy-upstream-service-time")),
    (Stack::Traefik, Says("server", "traefik")),
    (Stack::Traefik, Page("no available server")),
    (Stack::Caddy, Says("server", "caddy")),
    (Stack::Caddy, Says("via", "caddy")),
    (Stack::Nginx, Says("server", "nginx")),
    (Stack::Nginx, Says("server", "openresty")),
    (Stack::Apache, Says("server", "apache")),
    (Stack::HaProxy, Says("server", "haproxy")),
    (Stack::HaProxy, Page("No server is available to handle this request.")),
    (Stack::HaProxy, Page("Request forbidden by administrative rules.")),
    // Where it is hosted.
    (Stack::Vercel, Says("server", "vercel")),
    (Stack::Vercel, Has("x-vercel-id")),
    (Stack::Netlify, Says("server", "netlify")),
    (Stack::Netlify, Has("x-nf-request-id")),
    (Stack::CloudFront, Has("x-amz-cf-id")),
    (Stack::CloudFront, Says("server", "cloudfront")),
    (Stack::Cloudflare, Says("server", "cloudflare")),
    (Stack::Cloudflare, Has("cf-ray")),
    // The plainest of all, which anything may imitate: last.
    (Stack::Go, Page("404 page not found\n")),
];

pub(super) fn of_host(host: &str) -> Option<Stack> {
    host.ends_with(".workers.dev").then_some(Stack::Workers)
}

pub(super) fn of_headers(headers: &HeaderList) -> Option<Stack> {
    find(|mark| in_headers(mark, headers)).or_else(|| is_node(headers).then_some(Stack::Node))
}

pub(super) fn of_answer(response: &WireResponse, body: &str) -> Option<Stack> {
    let headers = &response.headers;
    let in_page = |mark: &Mark| response.status >= 400 && in_body(mark, response.status, body);
    find(|mark| in_headers(mark, headers) || in_page(mark))
        .or_else(|| is_node(headers).then_some(Stack::Node))
}

fn find(fits: impl Fn(&Mark) -> bool) -> Option<Stack> {
    MARKS.iter().find(|(_, mark)| fits(mark)).map(|(stack, _)| *stack)
}

fn in_headers(mark: &Mark, headers: &HeaderList) -> bool {
    let says = |name: &str, part: &str| {
        headers.get_text(name).is_some_and(|value| value.to_ascii_lowercase().contains(part))
    };
    match mark {
        Says(name, part) => says(name, part),
        Has(name) => headers.contains(name),
        Cookie(end) => headers.values("set-cookie").any(|line| {
            let name = line.split(|byte| *byte == b'=').next().unwrap_or_default();
            name.to_ascii_lowercase().ends_with(end.as_bytes())
        }),
        Together(all) => all.iter().all(|(name, part)| says(name, part)),
        Page(_) | PageBegins(_) | PageIs(..) | PageTogether(_) => false,
    }
}

fn in_body(mark: &Mark, status: u16, body: &str) -> bool {
    // Pretty-printed or not, JSON's words are the same.
    let has = |part: &str| body.contains(part) || body.replace("\": ", "\":").contains(part);
    match mark {
        Page(part) => has(part),
        PageBegins(part) => body.starts_with(part),
        PageIs(with, text) => status == *with && body == *text,
        PageTogether(parts) => parts.iter().all(|part| has(part)),
        _ => false,
    }
}

/// Node's own server names itself nowhere, but says how long a connection may rest, and says it in one way.
fn is_node(headers: &HeaderList) -> bool {
    headers.get_text("keep-alive").as_deref() == Some("timeout=5") && !headers.contains("server")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&str, &str)], status: u16, body: &str) -> Option<Stack> {
        Stack::recognize_answer(&WireResponse { status, headers: headers.iter().copied().collect() }, body)
    }

    #[test]
    fn headers_tell() {
        for (headers, stack) in [
            (&[("X-Powered-By", "Express")][..], Some(Stack::Express)),
            (&[("Server", "nginx/1.22.1"), ("X-Powered-By", "PHP/8.2.1")], Some(Stack::Php)),
            (&[("Server", "cloudflare"), ("CF-RAY", "8a"), ("X-Powered-By", "Next.js")], Some(Stack::Next)),
            (&[("Server", "gunicorn"), ("Set-Cookie", "csrftoken=x; Path=/")], Some(Stack::Django)),
            (&[("Server", "Werkzeug/3.0.1 Python/3.12.1")], Some(Stack::Flask)),
            (&[("Set-Cookie", "JSESSIONID=1; Path=/")], Some(Stack::Spring)),
            (&[("Server", "Kestrel")], Some(Stack::AspNet)),
            (&[("X-Runtime", "0.01"), ("X-Request-Id", "9")], Some(Stack::Rails)),
            (&[("X-Request-Id", "9")], None),
            (
                &[("Server", "AmazonS3"), ("Via", "1.1 x.cloudfront.net (CloudFront)"), ("X-Amz-Cf-Id", "y")],
                Some(Stack::S3),
            ),
            (&[("X-Amz-Cf-Id", "y")], Some(Stack::CloudFront)),
            (&[("Apigw-Requestid", "z")], Some(Stack::ApiGateway)),
            (&[("Server", "istio-envoy")], Some(Stack::Istio)),
            (&[("Server", "envoy")], Some(Stack::Envoy)),
            (&[("Via", "kong/3.4.0")], Some(Stack::Kong)),
            (
                &[("Server", "Apache/2.4.57 (Debian)"), ("Keep-Alive", "timeout=5, max=100")],
                Some(Stack::Apache),
            ),
            (&[("Keep-Alive", "timeout=5")], Some(Stack::Node)),
            (&[("Via", "1.1 Caddy")], Some(Stack::Caddy)),
            (&[], None),
        ] {
            assert_eq!(of(headers, 200, ""), stack, "{headers:?}");
        }
    }

    #[test]
    fn error_pages_tell_where_headers_do_not() {
        for (body, stack) in [
            ("404 page not found\n", Some(Stack::Go)),
            (
                r#"{"timestamp":"2026-01-01T00:00:00Z","status":404,"error":"Not Found","path":"/x"}"#,
                Some(Stack::Spring),
            ),
            (
                r#"{"message":"Route OPTIONS:/x not found","error":"Not Found","statusCode":404}"#,
                Some(Stack::Fastify),
            ),
            ("<pre>Cannot OPTIONS /x</pre>", Some(Stack::Express)),
            (r#"{"detail": "Not Found"}"#, Some(Stack::FastApi)),
            (r#"{"detail":"Not found."}"#, Some(Stack::Django)),
            (r#"{"message":"Missing Authentication Token"}"#, Some(Stack::ApiGateway)),
            ("Expected request with `Content-Type: application/json`", Some(Stack::TowerHttp)),
            (r#"{"error":"Failed to parse the request body as JSON: EOF"}"#, None),
            ("Not Found", None),
        ] {
            assert_eq!(of(&[], 404, body), stack, "{body}");
            assert_eq!(of(&[], 200, body), None, "a document may say anything: {body}");
        }
        let refused = "Requested method is not allowed";
        assert_eq!(of(&[], 400, refused), Some(Stack::ActixCors));
        assert_eq!(of(&[], 405, refused), None, "others say the same of calls");
        assert_eq!(of(&[], 400, &format!("{{\"error\":\"{refused}\"}}")), None);
        assert_eq!(of(&[("Server", "nginx")], 404, "<pre>Cannot GET /x</pre>"), Some(Stack::Express));
    }
}
