//! The files in `deploy/`: their configurations are sound, and what stops the gateway gives it the time they say.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use corsac_gateway::Config;

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name)
}

/// The text below a key of a manifest, as far as it is indented.
fn below(manifest: &str, key: &str) -> String {
    let mut lines =
        manifest.lines().skip_while(|line| !line.trim_start().starts_with(key)).skip(1).peekable();
    let indent = lines.peek().map_or(0, |line| line.len() - line.trim_start().len());
    let text = lines.take_while(|line| line.trim().is_empty() || line.starts_with(&" ".repeat(indent)));
    text.map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n").collect()
}

/// The seconds after a word.
fn seconds(text: &str, word: &str) -> Duration {
    let line = text.lines().find_map(|line| line.trim().strip_prefix(word)).expect("the line is there");
    Duration::from_secs(line.trim().parse().expect("seconds"))
}

fn is_sound(config: &Path) -> Config {
    let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args(["serve", "--check", "--config"])
        .arg(config)
        .output()
        .expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr);
    // Without advice, too.
    assert_eq!((output.status.code(), &*said), (Some(0), ""), "{}", config.display());
    Config::load(config).expect("it is sound")
}

/// What a gateway may take to stop.
fn stops_within(config: &Config) -> Duration {
    config.timeouts().notice + config.timeouts().drain
}

#[test]
fn the_unit_waits_for_the_configuration_it_reads() {
    let config = is_sound(&path("corsac.toml"));
    assert!(stops_within(&config) < seconds(&read("corsac.service"), "TimeoutStopSec="));
}

#[test]
fn the_pod_is_given_the_time_its_configuration_takes() {
    let manifest = read("kubernetes.yaml");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    std::fs::write(&file, below(&manifest, "corsac.toml: |")).expect("it can be written");
    let config = is_sound(&file);
    assert_eq!(config.routes().len(), 1);
    assert!(stops_within(&config) < seconds(&manifest, "terminationGracePeriodSeconds:"));
}
