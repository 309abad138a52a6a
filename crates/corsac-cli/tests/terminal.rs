//! On a terminal, in a pipe, and told by the environment: colour and width are as people set them, the words always the
//! same.

use std::fs::File;
use std::io::Read as _;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// A call that no network is needed for, with a story long enough to be broken.
const CALL: [&str; 6] =
    ["check", "http://api.example/items", "--origin", "https://app.example", "-X", "DELETE"];

// `CI` too: there any terminal is taken to have colour.
const OF_COLOUR: [&str; 6] = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "CI"];

fn command(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corsac"));
    command.args(CALL).stdin(Stdio::null()).stderr(Stdio::null());
    OF_COLOUR.iter().for_each(|name| {
        command.env_remove(name);
    });
    command.envs(environment.iter().copied());
    command
}

fn in_a_pipe(environment: &[(&str, &str)]) -> String {
    let output = command(environment).output().expect("the binary starts");
    String::from_utf8(output.stdout).expect("text")
}

fn on_a_terminal(columns: u16, environment: &[(&str, &str)]) -> String {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&ours).and_then(|()| unlockpt(&ours)).expect("it is ours");
    let name = ptsname(&ours, Vec::new()).expect("it has a name");
    let theirs =
        rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("it can be opened");
    let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&theirs, size).expect("it has a size");
    let mut command = command(environment);
    let mut child = command.stdout(theirs).spawn().expect("the binary starts");
    // Our copy of their end must go, or there is no end to read to.
    drop(command);
    let mut said = Vec::new();
    // Once nobody is at the other end, Linux says that with an error.
    let _ = File::from(ours).read_to_end(&mut said);
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    String::from_utf8(said).expect("text").replace("\r\n", "\n")
}

/// The words, without what colours them.
fn words(said: &str) -> String {
    let mut parts = said.split('\x1b');
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        words.push_str(part.split_once('m').expect("only colours are set").1);
    }
    words
}

fn widest(said: &str) -> usize {
    words(said).lines().map(|line| line.chars().count()).max().unwrap_or_default()
}

const XTERM: (&str, &str) = ("TERM", "xterm-256color");

#[test]
fn a_terminal_has_colour_and_a_pipe_has_none() {
    assert!(on_a_terminal(80, &[XTERM]).contains('\x1b'));
    assert!(!in_a_pipe(&[XTERM]).contains('\x1b'));
}

#[test]
fn whoever_wants_no_colour_gets_none() {
    for unwanted in [("NO_COLOR", "1"), ("CLICOLOR", "0")] {
        assert!(!on_a_terminal(80, &[XTERM, unwanted]).contains('\x1b'), "{unwanted:?}");
    }
    assert!(!on_a_terminal(80, &[("TERM", "dumb")]).contains('\x1b'));
    assert!(!in_a_pipe(&[XTERM, ("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\x1b'));
    // <https://no-color.org>: it counts if it is not empty.
    assert!(on_a_terminal(80, &[XTERM, ("NO_COLOR", "")]).contains('\x1b'));
}

#[test]
fn whoever_wants_colour_in_a_pipe_gets_it() {
    assert!(in_a_pipe(&[XTERM, ("CLICOLOR_FORCE", "1")]).contains('\x1b'));
}

#[test]
fn colour_says_nothing_that_the_words_do_not() {
    let plain = on_a_terminal(80, &[XTERM, ("NO_COLOR", "1")]);
    assert_eq!(words(&on_a_terminal(80, &[XTERM])), plain);
    assert_eq!(in_a_pipe(&[]), plain, "a pipe is as wide as a usual terminal");
}

#[test]
fn lines_are_as_wide_as_the_terminal() {
    let [narrow, usual, wide] = [50, 80, 100].map(|columns| on_a_terminal(columns, &[XTERM]));
    assert!((40..=50).contains(&widest(&narrow)), "{narrow}");
    assert!((70..=80).contains(&widest(&usual)), "{usual}");
    assert!((80..=100).contains(&widest(&wide)), "{wide}");
    assert!(!narrow.contains("<-") && usual.contains("<-"), "lanes where there is room");
}

#[test]
fn columns_of_the_environment_come_first() {
    assert!(widest(&on_a_terminal(100, &[XTERM, ("COLUMNS", "50")])) <= 50);
    assert!(widest(&in_a_pipe(&[("COLUMNS", "50")])) <= 50);
    for nonsense in ["", "0", "-1", "many"] {
        assert_eq!(in_a_pipe(&[("COLUMNS", nonsense)]), in_a_pipe(&[]), "{nonsense:?}");
    }
}
