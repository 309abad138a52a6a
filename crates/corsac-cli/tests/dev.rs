//! `corsac dev` as a process: what it says, what a page is told before the dev server runs, and how it ends.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

/// The process; killed where a test fails before it has ended.
struct Dev(Child);

impl Drop for Dev {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

/// Answers every request with its own first line; gives where.
fn api() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            // Whoever hangs up early has seen enough.
            let _ = BufReader::new(&mut stream).read_line(&mut line);
            let length = line.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{line}"
            );
        }
    });
    format!("http://{address}")
}

#[test]
fn a_front_that_does_not_run_yet_is_named_and_the_api_answers() {
    // The highest port, which the system hands out to nobody.
    let front = "http://127.0.0.1:65535".to_owned();
    let api = api();
    let mut dev = Dev(Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args(["dev", "--front", &front, "--api", &format!("/api={api}"), "--listen", "127.0.0.1:0"])
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts"));
    let mut lines = BufReader::new(dev.0.stderr.take().expect("piped")).lines().map_while(Result::ok);
    let mut until = |words: &str| {
        let mut so_far = String::new();
        for line in &mut lines {
            so_far.push_str(&line);
            so_far.push('\n');
            if line.contains(words) {
                return so_far;
            }
        }
        panic!("no `{words}` in\n{so_far}");
    };
    let said = until("listening on");
    let address = said.trim().rsplit('/').next().expect("an address").to_owned();
    let said = until("note: open");
    assert!(said.contains(&format!("/                    to {front}, same origin only")), "{said}");
    assert!(said.contains(&format!("/api                 to {api}, same origin only")), "{said}");
    assert!(said.contains(&format!("nothing listens at {front} yet")), "{said}");

    let page = get(&address, "/");
    assert!(page.starts_with("HTTP/1.1 502") && page.contains(&format!("--front {front}")), "{page}");
    assert!(get(&address, "/api/users").contains("GET /api/users HTTP/1.1"));
    // What is graver than a request is logged, and requests are not.
    assert!(!until("no response from upstream").contains("GET"));

    let id = i32::try_from(dev.0.id()).expect("an id of a process");
    kill_process(Pid::from_raw(id).expect("not zero"), Signal::INT).expect("it runs");
    // One that has not come to listen to signals yet is ended by this one, without a code.
    assert!(matches!(dev.0.wait().expect("it ends").code(), Some(0) | None));
}
