//! Static routes.

use http::{Method, StatusCode};

use crate::support::{APP, POLICY, fetch, from, gateway, get, raw, request};

struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in [
            ("site/index.html", "<p>home</p>"),
            ("site/docs/index.html", "<p>docs</p>"),
            ("site/app.js", "go()"),
            ("site/.env", "KEY=top-secret"),
            ("site/docs/.draft", "top-secret"),
            ("site/.git/config", "top-secret"),
            ("site/.well-known/security.txt", "Contact: x"),
            ("secret.txt", "top-secret"),
        ] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Self { folder }
    }

    fn gateway(&self, path: &str) -> corsac_gateway::Running {
        let folder = self.folder.path().join("site");
        gateway(&format!(
            "{POLICY}[[routes]]\npath = \"{path}\"\nfiles = \"{}\"\npolicy = \"app\"\n",
            folder.display()
        ))
    }
}

#[tokio::test]
async fn files_are_served_with_type_and_policy() {
    let site = Site::new();
    let gateway = site.gateway("/");
    for (path, status, text, kind) in [
        ("/", StatusCode::OK, "<p>home</p>", "text/html"),
        ("/index.html", StatusCode::OK, "<p>home</p>", "text/html"),
        ("/docs/", StatusCode::OK, "<p>docs</p>", "text/html"),
        ("/app.js?v=2", StatusCode::OK, "go()", "text/javascript"),
        ("/.well-known/security.txt", StatusCode::OK, "Contact: x", "text/plain"),
        (
            "/nothing",
            StatusCode::NOT_FOUND,
            "404 Not Found\n\nThere is no such file.\n",
            "text/plain; charset=utf-8",
        ),
        (
            "/app.js/x",
            StatusCode::NOT_FOUND,
            "404 Not Found\n\nThere is no such file.\n",
            "text/plain; charset=utf-8",
        ),
    ] {
        let (got, headers, body) = fetch(gateway.local_addr(), from(APP, get(path))).await;
        assert_eq!((got, body.as_str()), (status, text), "{path}");
        assert_eq!(headers["content-type"], kind, "{path}");
        assert_eq!(headers["access-control-allow-origin"], APP, "{path}");
    }
    let (status, headers, text) = fetch(gateway.local_addr(), request(Method::HEAD, "/app.js")).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, ""));
    assert_eq!(headers["content-length"], "4");
    let (status, headers, _) = fetch(gateway.local_addr(), from(APP, request(Method::POST, "/app.js"))).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(headers["allow"], "GET, HEAD");
    assert_eq!(headers["access-control-allow-origin"], APP);
}

#[tokio::test]
async fn folders_end_with_a_slash_wherever_the_route_is() {
    let site = Site::new();
    let gateway = site.gateway("/pages/");
    for (path, location) in [
        ("/pages", "/pages/"),
        ("/pages?q", "/pages/?q"),
        ("/pages/docs", "/pages/docs/"),
        ("/pages//docs", "/pages/docs/"),
    ] {
        let (status, headers, _) = fetch(gateway.local_addr(), get(path)).await;
        assert_eq!(status, StatusCode::TEMPORARY_REDIRECT, "{path}");
        assert_eq!(headers["location"], location, "{path}");
    }
    let (_, _, text) = fetch(gateway.local_addr(), get("/pages/docs/")).await;
    assert_eq!(text, "<p>docs</p>");
}

#[tokio::test]
async fn nothing_outside_of_the_folder_and_nothing_hidden_is_served() {
    let site = Site::new();
    let gateway = site.gateway("/");
    for path in [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/docs/../../secret.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "//../secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/.env",
        "/%2eenv",
        "//.env",
        "/.git/config",
        "/docs/../.git/config",
        "/docs%2F..%2F.env",
        "/docs%2f.draft",
        "/docs%5c.draft",
        "/app.js%00",
    ] {
        let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let text = raw(gateway.local_addr(), head).await;
        assert!(text.starts_with("HTTP/1.1 40"), "{path}: {text}");
        assert!(!text.contains("top-secret"), "{path}: {text}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_within_the_folder_and_not_out_of_it() {
    use std::os::unix::fs::symlink;
    let site = Site::new();
    let folder = site.folder.path().join("site");
    std::fs::create_dir(site.folder.path().join("elsewhere")).expect("a folder");
    std::fs::write(site.folder.path().join("elsewhere/index.html"), "top-secret").expect("a file");
    std::fs::create_dir(folder.join("page")).expect("a folder");
    for (to, link) in [
        ("app.js", "same.js"),
        ("docs", "manual"),
        ("../secret.txt", "secret.txt"),
        ("../elsewhere", "elsewhere"),
        ("../../elsewhere/index.html", "page/index.html"),
        ("..", "up"),
        ("nothing", "dangling"),
    ] {
        symlink(to, folder.join(link)).expect("a link");
    }
    let gateway = site.gateway("/");
    for (path, text) in [("/same.js", "go()"), ("/manual/", "<p>docs</p>")] {
        let (status, _, body) = fetch(gateway.local_addr(), get(path)).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, text), "{path}");
    }
    for path in
        ["/secret.txt", "/elsewhere/", "/elsewhere/index.html", "/page/", "/up/secret.txt", "/dangling"]
    {
        let (status, headers, body) = fetch(gateway.local_addr(), from(APP, get(path))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(headers["access-control-allow-origin"], APP, "{path}");
        assert!(!body.contains("top-secret"), "{path}: {body}");
    }
    // The folder itself may be a link: that is where it was put.
    let link = site.folder.path().join("current");
    symlink("site", &link).expect("a link");
    let linked =
        crate::support::gateway(&format!("[[routes]]\npath = \"/\"\nfiles = \"{}\"\n", link.display()));
    assert_eq!(fetch(linked.local_addr(), get("/app.js")).await.2, "go()");
}
