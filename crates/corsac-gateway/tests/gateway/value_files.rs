//! Values that stand in files of their own, such as keys that are mounted as secrets.

use std::num::NonZeroUsize;
use std::path::Path;

use corsac_gateway::{Config, ConfigSource, Gateway, Running};

use crate::support::{Upstream, eventually, fetch, get, with};

/// A gateway with this file, which it watches.
fn watching(file: &Path) -> Running {
    let config =
        Config::load(file).unwrap_or_else(|faults| panic!("{faults}")).with_workers(NonZeroUsize::MIN);
    let source = ConfigSource::File { path: file.to_owned(), listen: None };
    Gateway::bind(config).expect("a gateway").reloading(source).spawn()
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("the folder can be written");
}

#[tokio::test]
async fn a_key_that_is_rotated_is_used_without_a_restart_and_never_shown() {
    let upstream = Upstream::echo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (file, key) = (folder.path().join("corsac.toml"), folder.path().join("weather"));
    write(&key, "first-key\n");
    write(
        &file,
        &format!(
            "listen = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n\
             set_request_headers = {{ x-api-key = \"Key ${{file:weather}}\" }}\n",
            upstream.url()
        ),
    );
    let gateway = watching(&file);
    let sent = async |key: &str| {
        let (_, _, text) = fetch(gateway.local_addr(), get("/")).await;
        text.contains(&format!("x-api-key: Key {key}\n"))
    };
    assert!(sent("first-key").await);
    write(&folder.path().join("next"), "second-key\r\n");
    std::fs::rename(folder.path().join("next"), &key).expect("the folder can be written");
    eventually("the second key is sent", async || sent("second-key").await).await;

    // A secret that is gone is a fault, and the last one stays in use.
    std::fs::remove_file(&key).expect("the folder can be written");
    let admin = gateway.admin_addr().expect("an admin listener");
    let config = async || fetch(admin, with(get("/config"), "host", "localhost")).await.2;
    eventually("the loss is told", async || config().await.contains("value-file-unreadable")).await;
    assert!(sent("second-key").await);
    write(&key, "third-key");
    eventually("the third key is sent", async || sent("third-key").await).await;

    let shown: serde_json::Value = serde_json::from_str(&config().await).expect("JSON");
    assert!(["first", "second", "third"].iter().all(|key| !shown.to_string().contains(key)), "{shown}");
    let files: Vec<(String, bool)> = shown["files"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|file| (file["path"].to_string(), file["sha256"].is_string()))
        .collect();
    let [(_, true), (path, false)] = &files[..] else { panic!("{files:?}") };
    assert!(path.contains("weather"), "{path}");
}

#[test]
fn what_is_too_long_or_never_ends_is_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("long"), &"x".repeat(65 * 1024));
    for (path, said) in [("long", "longer than a value can be"), ("/dev/zero", "is not a file")] {
        let text = format!(
            "[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:3000\"\nset_request_headers = {{ x = \"${{file:{path}}}\" }}\n"
        );
        let faults =
            Config::parse(&folder.path().join("corsac.toml"), &text, &|_| None).expect_err("a fault");
        assert!(faults.to_string().contains(said), "{faults}");
    }
}
