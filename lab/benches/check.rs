//! How long one `corsac check` takes, beside the same two requests sent bare: `cargo bench -p corsac-lab`.
//!
//! Prints medians of runs taken in turn; asserts nothing, for machines differ and are busy.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use corsac_lab::corsac_binary;

const RUNS: usize = 41;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://app.example\r\n\
    Access-Control-Allow-Methods: PUT\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("the benchmark could not run: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Box<dyn std::error::Error>> {
    let address = serve()?;
    let binary = corsac_binary()?;
    let url = format!("http://{address}/");
    let check = |arguments: &[&str]| -> Result<Duration, Box<dyn std::error::Error>> {
        let begun = Instant::now();
        let status =
            Command::new(&binary).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if status.success() {
            Ok(begun.elapsed())
        } else {
            Err(format!("corsac {arguments:?}: {status}").into())
        }
    };
    let (mut bare, mut nothing, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        bare.push(request(address)? + request(address)?);
        nothing.push(check(&["--version"])?);
        whole.push(check(&["check", &url, "--origin", "https://app.example", "-X", "PUT"])?);
    }
    let (bare, nothing, whole) = (median(bare), median(nothing), median(whole));
    say(&format!("the server's own time, two bare requests   {bare:>10.1?}"));
    say(&format!("starting the program (corsac --version)    {nothing:>10.1?}"));
    say(&format!("corsac check, a preflight and a PUT        {whole:>10.1?}"));
    say(&format!("beyond the server's own time               {:>10.1?}", whole.saturating_sub(bare)));
    Ok(())
}

/// A server that answers every connection at once, and closes it.
fn serve() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            // Whoever hangs up early has seen enough.
            let _ = stream.read(&mut request);
            let _ = stream.write_all(ANSWER);
        }
    });
    Ok(address)
}

fn request(address: SocketAddr) -> std::io::Result<Duration> {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n")?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(begun.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[expect(clippy::print_stdout, reason = "a benchmark is there to be read")]
fn say(line: &str) {
    println!("{line}");
}
