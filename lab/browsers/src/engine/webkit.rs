//! WebKit, as WebKitGTK, in a window of our own (`webkit.py`) under Xvfb, which takes orders line by line.
//!
//! Not MiniBrowser under WebKitWebDriver: what these drive is ephemeral, and of an ephemeral session WebKit prints no
//! console. Here one mechanism gives both: the window runs scripts, and the page's process prints the console's lines
//! to standard error.

use std::fs;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use super::Part;
use super::console::{ConsoleLine, Mark};
use super::processes::{Lines, Processes};
use super::session::{Driver, Failure, Running, Trouble};

/// The window.
const WINDOW: &str = include_str!("webkit.py");

/// How WebKit names how grave a message is.
const LEVELS: [&str; 5] = ["LOG", "WARN", "ERROR", "DEBUG", "INFO"];

/// A WebKitGTK window with one page.
#[derive(Debug)]
pub(super) struct Webkit {
    orders: mpsc::UnboundedSender<String>,
    answers: Lines,
    printed: Lines,
    count: u64,
    version: String,
}

/// A screen that nobody sees, by its number.
pub(super) async fn screen(processes: &mut Processes) -> Result<String, Failure> {
    let mut command = processes.command(Part::Xvfb.program()?);
    command.args(["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset"]);
    // Killed, it would leave its lock.
    let mut screen = processes.start_asked_first(&mut command)?;
    let display = screen.stdout.recv().await;
    display.map(|number| number.trim().to_owned()).ok_or_else(|| Failure::NotStarted("Xvfb ended".to_owned()))
}

impl Webkit {
    pub(super) async fn launch(processes: &mut Processes) -> Result<Running, Failure> {
        let display = screen(processes).await?;
        let (webkit, id) = Self::window(processes, &display, "profile", None).await?;
        Ok(Running { version: webkit.version.clone(), id, driver: Driver::Webkit(webkit) })
    }

    /// A window on a screen, with a profile of that name, and its process; its developer tools are served at an address
    /// where there is one.
    pub(super) async fn window(
        processes: &mut Processes,
        display: &str,
        profile: &str,
        tools: Option<&str>,
    ) -> Result<(Self, u32), Failure> {
        let window = processes.folder().join("webkit.py");
        fs::write(&window, WINDOW)?;
        let mut command = processes.command(Part::WebkitGtk.program()?);
        command
            // Only what Debian installed, nothing of the folder or the user.
            .arg("-I")
            .args([&window, &processes.folder().join(profile)])
            .env("DISPLAY", format!(":{display}"))
            .env("GDK_BACKEND", "x11")
            // No buses, settings or helpers of a desktop.
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .env("GIO_USE_VFS", "local")
            .env("GSETTINGS_BACKEND", "memory")
            .env("NO_AT_BRIDGE", "1");
        if let Some(address) = tools {
            command.env("WEBKIT_INSPECTOR_HTTP_SERVER", address);
        }
        let started = processes.start(&mut command)?;
        let id = started.id;
        let (orders, answers, printed) = (started.stdin, started.stdout, started.stderr);
        let mut webkit = Self { orders, answers, printed, count: 0, version: String::new() };
        match webkit.answer().await {
            Ok(Answer { version: Some(version), .. }) => {
                webkit.version = version;
                Ok((webkit, id))
            }
            Ok(other) => Err(Failure::NotStarted(format!("it does not tell its version: {other:?}"))),
            Err(Trouble::Crashed(why) | Trouble::Refused(why)) => Err(Failure::NotStarted(why)),
        }
    }

    pub(super) async fn open(&mut self, url: &str) -> Result<(), Trouble> {
        self.order("open", url).await.map(drop)
    }

    pub(super) async fn evaluate(&mut self, body: &str) -> Result<String, Trouble> {
        self.order("evaluate", body).await
    }

    pub(super) async fn console_until(&mut self, mark: &Mark) -> Result<Vec<ConsoleLine>, Trouble> {
        let mut lines = Vec::new();
        // The next line may belong to the last message, so a message is done when the next one begins. The mark
        // has one line.
        let mut message: Option<ConsoleLine> = None;
        loop {
            let line = self.printed.recv().await.ok_or_else(ended)?;
            if let Some(begun) = begun(&line) {
                lines.extend(message.take());
                if mark.is(&begun) {
                    return Ok(lines);
                }
                message = Some(begun);
            } else if !is_noise(&line)
                && let Some(message) = &mut message
            {
                message.text.push('\n');
                message.text.push_str(&line);
            }
        }
    }

    async fn order(&mut self, what: &str, value: &str) -> Result<String, Trouble> {
        self.count += 1;
        let order = json!({ "id": self.count, what: value });
        self.orders.send(order.to_string()).map_err(|_| ended())?;
        loop {
            match self.answer().await? {
                Answer { crashed: Some(why), .. } => return Err(Trouble::Crashed(why)),
                // An answer to an order that nobody waits for any more.
                Answer { id, .. } if id != Some(self.count) => {}
                Answer { value: Some(value), .. } => return Ok(value),
                Answer { refused, .. } => return Err(Trouble::Refused(refused.unwrap_or_default())),
            }
        }
    }

    async fn answer(&mut self) -> Result<Answer, Trouble> {
        let line = self.answers.recv().await.ok_or_else(ended)?;
        serde_json::from_str(&line).map_err(|error| Trouble::Refused(format!("{error}, in {line}")))
    }
}

fn ended() -> Trouble {
    Trouble::Crashed("the window ended".to_owned())
}

/// What comes from the window.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    version: Option<String>,
    id: Option<u64>,
    value: Option<String>,
    refused: Option<String>,
    crashed: Option<String>,
}

/// The message that begins in a line such as `CONSOLE SECURITY ERROR TEXT`, `URL:LINE:COLUMN: CONSOLE JS ERROR TEXT`
/// or, where a script prints, `CONSOLE LOG TEXT`.
fn begun(line: &str) -> Option<ConsoleLine> {
    let (place, rest) = match line.strip_prefix("CONSOLE ") {
        Some(rest) => (None, rest),
        None => {
            let (place, rest) = line.split_once(": CONSOLE ").filter(|(place, _)| !place.contains(' '))?;
            (Some(place), rest)
        }
    };
    let (first, after) = rest.split_once(' ')?;
    let (source, level, text) = if LEVELS.contains(&first) {
        ("", first, after)
    } else {
        let (level, text) = after.split_once(' ').unwrap_or((after, ""));
        (first, level, text)
    };
    let url = place.and_then(|place| place.rsplitn(3, ':').nth(2)).map(ToOwned::to_owned);
    LEVELS.contains(&level).then(|| ConsoleLine {
        text: text.to_owned(),
        level: level.to_owned(),
        source: source.to_owned(),
        url,
    })
}

/// What GLib prints: an empty line, then `(PROGRAM:ID): DOMAIN-WARNING **: …`.
fn is_noise(line: &str) -> bool {
    line.is_empty() || (line.starts_with('(') && line.contains(" **: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Option<[String; 4]> {
        begun(line).map(|line| [line.source, line.level, line.text, line.url.unwrap_or_default()])
    }

    #[test]
    fn a_message_begins_with_its_source_and_level() {
        let expect = |parts: [&str; 4]| Some(parts.map(ToOwned::to_owned));
        let security = "CONSOLE SECURITY ERROR Origin a is not";
        assert_eq!(parts(security), expect(["SECURITY", "ERROR", "Origin a is not", ""]));
        let uncaught = "http://a.test/:1:50: CONSOLE JS ERROR Error: no";
        assert_eq!(parts(uncaught), expect(["JS", "ERROR", "Error: no", "http://a.test/"]));
        assert_eq!(parts("CONSOLE INFO LOG in"), expect(["", "INFO", "LOG in", ""]));
        assert_eq!(parts("CONSOLE JS ERROR "), expect(["JS", "ERROR", "", ""]));
        assert_eq!(parts("said the CONSOLE LOG"), None);
        assert_eq!(parts("and so on: CONSOLE LOG"), None);
    }
}
