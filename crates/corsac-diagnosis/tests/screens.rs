//! What is printed for a broken call, letter for letter, for a person to read: one screen for each stack
//! (`tests/screens/stacks/STACK.txt`) and one for each cause (`tests/screens/causes/CAUSE.txt`).
//!
//! `CORSAC_BLESS=1` writes them anew.

mod player;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use corsac::Origin;
use corsac_browser::{Call, CredentialsMode, HeaderList, Mode, Page, WireRequest, WireResponse};
use corsac_diagnosis::{Cause, Diagnosis, Stack, Told, diagnose, stacks_with_lines};
use player::{is_preflight, play};

/// A call and what is answered to it.
struct Broken {
    page: &'static str,
    url: &'static str,
    method: &'static str,
    headers: &'static [(&'static str, &'static str)],
    mode: Mode,
    credentials: CredentialsMode,
    cookies: Option<&'static str>,
    reads: &'static [&'static str],
    preflight: (u16, &'static [(&'static str, &'static str)]),
    actual: (u16, &'static [(&'static str, &'static str)]),
}

/// What an API is called with, and a server that has never heard of `OPTIONS`.
const USUAL: Broken = Broken {
    page: "https://app.example",
    url: "https://api.example/items",
    method: "PUT",
    headers: &[("Content-Type", "application/json"), ("X-Tenant", "7")],
    mode: Mode::Cors,
    credentials: CredentialsMode::Include,
    cookies: None,
    reads: &[],
    preflight: (404, &[]),
    actual: (200, &[]),
};

const PASSES: (u16, &[(&str, &str)]) = (
    204,
    &[
        ("Access-Control-Allow-Origin", "https://app.example"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", "GET, PUT, DELETE"),
        ("Access-Control-Allow-Headers", "Content-Type, X-Tenant, X-Other"),
        ("Vary", "Origin"),
    ],
);

fn diagnosed(broken: &Broken, stack: Option<Stack>) -> Diagnosis {
    let page = Page::of(broken.page.parse::<Origin>().expect("an origin"));
    let mut call = Call::new(broken.url.parse().expect("a URL"));
    broken.method.clone_into(&mut call.method);
    call.headers = broken.headers.iter().copied().collect::<HeaderList>();
    call.mode = broken.mode;
    call.credentials = broken.credentials;
    call.cookies = broken.cookies.map(str::to_owned);
    let told =
        Told { reads: broken.reads.iter().map(|name| (*name).to_owned()).collect(), ..Told::default() };
    let answer = |request: &WireRequest| {
        let (status, lines) = if is_preflight(request) { broken.preflight } else { broken.actual };
        WireResponse { status, headers: lines.iter().copied().collect() }
    };
    play(&page, &call, &told, answer, |case| diagnose(case, stack))
}

fn screen(diagnosis: &Diagnosis) -> String {
    let mut screen = String::new();
    let cause = diagnosis.cause.map_or("none", Cause::as_str);
    let _ = writeln!(screen, "cause   {cause}\n        {}\nchange  {}", diagnosis.story, diagnosis.remedy);
    if let Some(refusal) = &diagnosis.refusal {
        let _ = writeln!(screen, "\nno fix  {refusal}");
    }
    for fix in &diagnosis.fixes {
        let _ = writeln!(screen, "\nfix     {}", fix.title);
        for (index, step) in fix.steps.iter().enumerate() {
            let number = if fix.steps.len() > 1 { format!("{}. ", index + 1) } else { String::new() };
            let _ = writeln!(screen, "  {number}{}{}", step.place, step.colon());
            if !step.lines.is_empty() {
                let _ = writeln!(screen, "\n{}\n", step.lines.join("\n"));
            }
        }
        for note in &fix.notes {
            let _ = writeln!(screen, "  = {note}");
        }
    }
    screen
}

/// Holds screens against their files, or writes them.
fn hold(folder: &str, screens: Vec<(&str, String)>) {
    let folder = PathBuf::from("tests/screens").join(folder);
    if std::env::var_os("CORSAC_BLESS").is_some() {
        fs::create_dir_all(&folder).expect("the folder can be made");
        for (name, text) in &screens {
            fs::write(folder.join(name).with_extension("txt"), text).expect("the file can be written");
        }
    }
    let kept = |name: &str| fs::read_to_string(folder.join(name).with_extension("txt")).ok();
    let wrong: Vec<String> = screens
        .iter()
        .filter(|(name, text)| kept(name).as_ref() != Some(text))
        .map(|(name, text)| format!("{name}:\n{text}"))
        .collect();
    assert!(wrong.is_empty(), "CORSAC_BLESS=1 writes them:\n{}", wrong.join("\n\n"));
    let files = fs::read_dir(&folder).expect("the folder is there").count();
    assert_eq!(files, screens.len(), "{} has a file that nothing writes", folder.display());
}

#[test]
fn every_stack_has_a_screen() {
    let named = stacks_with_lines().map(|stack| (stack.as_str(), screen(&diagnosed(&USUAL, Some(stack)))));
    let mut screens: Vec<_> = named.collect();
    screens.push(("unknown", screen(&diagnosed(&USUAL, None))));
    // Of those without lines one is enough.
    screens.push(("php", screen(&diagnosed(&USUAL, Some(Stack::Php)))));
    let without_content_type = Broken { headers: &[("X-Tenant", "7")], ..USUAL };
    screens.push(("gcs-refuses", screen(&diagnosed(&without_content_type, Some(Stack::Gcs)))));
    hold("stacks", screens);
}

#[test]
fn every_cause_that_lines_can_mend_has_a_screen() {
    let cases: &[(&str, Stack, Broken)] = &[
        ("no-cors-headers", Stack::Express, Broken { method: "GET", headers: &[], ..USUAL }),
        ("options-not-handled", Stack::FastApi, USUAL),
        (
            "auth-before-cors",
            Stack::Express,
            Broken { preflight: (401, &[("WWW-Authenticate", "Bearer")]), ..USUAL },
        ),
        (
            "error-response-without-cors",
            Stack::FastApi,
            Broken { preflight: PASSES, actual: (500, &[]), ..USUAL },
        ),
        (
            "origin-not-allowed",
            Stack::Django,
            Broken {
                preflight: (204, &[("Access-Control-Allow-Origin", "https://www.app.example")]),
                ..USUAL
            },
        ),
        (
            "origin-misspelled",
            Stack::Apache,
            Broken { preflight: (204, &[("Access-Control-Allow-Origin", "https://app.example/")]), ..USUAL },
        ),
        (
            "wildcard-with-credentials",
            Stack::Express,
            Broken {
                preflight: (
                    204,
                    &[
                        ("Access-Control-Allow-Origin", "*"),
                        ("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
                        ("Access-Control-Allow-Headers", "content-type,x-tenant"),
                    ],
                ),
                ..USUAL
            },
        ),
        (
            "credentials-not-allowed",
            Stack::HaProxy,
            Broken { preflight: (204, &[("Access-Control-Allow-Origin", "https://app.example")]), ..USUAL },
        ),
        (
            "header-not-allowed",
            Stack::FastApi,
            Broken {
                headers: &[("X-Trace", "1"), ("Content-Type", "application/json")],
                preflight: PASSES,
                ..USUAL
            },
        ),
        ("method-not-allowed", Stack::Koa, Broken { method: "PATCH", preflight: PASSES, ..USUAL }),
        (
            "duplicate-allow-origin",
            Stack::Nginx,
            Broken {
                preflight: PASSES,
                actual: (
                    200,
                    &[
                        ("Access-Control-Allow-Origin", "https://app.example"),
                        ("Access-Control-Allow-Origin", "https://app.example"),
                        ("Access-Control-Allow-Credentials", "true"),
                    ],
                ),
                ..USUAL
            },
        ),
        (
            "several-origins-in-one",
            Stack::Caddy,
            Broken {
                preflight: (
                    204,
                    &[("Access-Control-Allow-Origin", "https://app.example, https://admin.example")],
                ),
                ..USUAL
            },
        ),
        (
            "cached-without-vary",
            Stack::Express,
            Broken {
                method: "GET",
                headers: &[],
                actual: (
                    200,
                    &[
                        ("Access-Control-Allow-Origin", "https://admin.example"),
                        ("Age", "20"),
                        ("X-Cache", "HIT"),
                    ],
                ),
                ..USUAL
            },
        ),
        (
            "nginx-add-header-inheritance",
            Stack::Nginx,
            Broken {
                preflight: PASSES,
                actual: (200, &[("Server", "nginx/1.22.1"), ("Cache-Control", "no-store")]),
                ..USUAL
            },
        ),
        (
            "malformed-cors-header",
            Stack::Fastify,
            Broken {
                preflight: (
                    204,
                    &[
                        ("Access-Control-Allow-Origin", "https://app.example"),
                        ("Access-Control-Allow-Credentials", "true"),
                        ("Access-Control-Allow-Methods", "GET; PUT"),
                    ],
                ),
                ..USUAL
            },
        ),
        (
            "header-not-exposed",
            Stack::Hono,
            Broken {
                method: "GET",
                headers: &[],
                reads: &["X-Total"],
                actual: (
                    200,
                    &[
                        ("Access-Control-Allow-Origin", "https://app.example"),
                        ("Access-Control-Allow-Credentials", "true"),
                        ("X-Total", "7"),
                    ],
                ),
                ..USUAL
            },
        ),
        (
            "header-set-by-client",
            Stack::Express,
            Broken { headers: &[("Access-Control-Allow-Origin", "*")], preflight: PASSES, ..USUAL },
        ),
        (
            "preflight-redirected",
            Stack::Express,
            Broken { preflight: (307, &[("Location", "https://api.example/items/")]), ..USUAL },
        ),
        ("mixed-content", Stack::Express, Broken { url: "http://api.example/items", ..USUAL }),
        ("no-cors-mode", Stack::Express, Broken { method: "GET", headers: &[], mode: Mode::NoCors, ..USUAL }),
        (
            "cookie-not-sent",
            Stack::Express,
            Broken {
                method: "GET",
                headers: &[],
                credentials: CredentialsMode::SameOrigin,
                cookies: Some("sid=1"),
                actual: (401, &[("Access-Control-Allow-Origin", "https://app.example")]),
                ..USUAL
            },
        ),
        (
            "null-origin",
            Stack::Express,
            Broken {
                page: "null",
                method: "GET",
                headers: &[],
                actual: (200, &[("Access-Control-Allow-Origin", "https://app.example")]),
                ..USUAL
            },
        ),
    ];
    let mut screens = Vec::new();
    for (cause, stack, broken) in cases {
        let diagnosis = diagnosed(broken, Some(*stack));
        assert_eq!(diagnosis.cause.map(Cause::as_str), Some(*cause), "{}", diagnosis.story);
        assert!(!diagnosis.fixes.is_empty(), "{cause} has no fix");
        screens.push((*cause, screen(&diagnosis)));
    }
    hold("causes", screens);
}
