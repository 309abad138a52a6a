//! What can be typed: every verb and flag, in one place; the comments are the help.

use clap::{Args, Parser, Subcommand, ValueEnum};
use corsac_browser::{Browser, CredentialsMode, Mode, RedirectMode};
use corsac_diagnosis::{AddressSpace, Stack};
use corsac_probe::Resolve;

use crate::choice::one_of;
use crate::input::{AnyUrl, HeaderLine, PageOrigin, Target};

/// Why a cross-origin call fails, what to change, and whether the change is safe.
#[derive(Debug, Parser)]
#[command(name = "corsac", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 as hoped, 1 blocked or findings, 2 usage or configuration, 3 target unreachable, 4 internal."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a call as a browser would, and say what it concludes and why
    ///
    /// Sends what a browser sends: a preflight where one is needed, then the call itself. Where that leaves the cause open,
    /// up to three harmless requests more (GET, HEAD and OPTIONS, no body), and those by which other engines differ;
    /// --no-extra-requests keeps to the call. Prints the verdict, one root cause, the exchange and the fix.
    Check(Check),
    /// Show what a browser would send, without sending anything
    Plan(Plan),
    /// What a line of a browser's console means, and what settles it; or all about one of Corsac's identifiers
    ///
    /// Reads the wordings of Chrome, Firefox and Safari, old and new, with whatever was copied around them; from stdin too.
    /// Without anything, lists every identifier.
    #[command(
        after_help = "Examples: corsac explain 'Access to fetch at … has been blocked by CORS policy: …'\n          pbpaste | corsac explain\n          corsac explain preflight-status-not-ok"
    )]
    Explain(Explain),
    /// The origin of a URL; of two: are they the same origin, the same site, and what differs?
    Origin(OriginOf),
    /// Judge every cross-origin call of a HAR file, as the browser's developer tools export it
    ///
    /// Prints a line for each call, the worst first: the verdict, why, and how sure that is. What a file does not have was
    /// not recorded, and is never taken for not sent. Nothing is sent.
    #[command(
        after_help = "Exit codes: 0 nothing failed, 1 a call was blocked or had no answer, 2 usage or a file that cannot be read."
    )]
    Har(Har),
    /// Judge the policies of a file: what is wrong, what is unwise, and what only you can answer
    ///
    /// Reads a gateway's file, or one that has [policies.NAME] alone, and asks nobody on the network. Errors and warnings
    /// are findings; notes are questions to the author, and do not count. What the machine lacks, such as a variable that is
    /// not set, is a note as well: `corsac serve --check` is for the machine that serves.
    #[command(after_help = "Exit codes: 0 no findings, 1 findings, 2 usage or a file that cannot be read.")]
    Lint(Lint),
    /// Run the gateway: a reverse proxy that answers CORS for the API behind it
    Serve(Serve),
    /// Print a policy in the words of another server
    ///
    /// The lines go to stdout, what to know about them to stderr. What the server cannot do is refused, with exit code 1.
    #[command(after_help = "Example: corsac export corsac.toml --to nginx --policy app > cors.conf")]
    Export(Export),
    /// Read another server's CORS configuration into a policy
    ///
    /// The policy goes to stdout, as [policies.NAME] of a configuration file. What has no exact equal in a policy is refused
    /// with its place, and exit code 1: nothing is widened on the way.
    #[command(
        after_help = "Example: aws s3api get-bucket-cors --bucket photos | corsac import - --name photos"
    )]
    Import(Import),
    /// Put a frontend's dev server and its APIs on one origin, so that CORS never applies
    ///
    /// Open the page at the address that is printed, and let it call the APIs by path alone: fetch('/api/users'). Hot
    /// reloading and WebSockets pass. No file is needed.
    #[command(
        after_help = "Example: corsac dev --front http://localhost:5173 --api /api=http://localhost:3000"
    )]
    Dev(Dev),
    /// See a call fail, be explained, be fixed and pass; no network, no set-up
    Demo,
    /// Print the completions of a shell
    #[command(after_help = COMPLETIONS)]
    Completions(Completions),
    /// Write the manual: a page for each verb
    ///
    /// Prints corsac(1), or writes corsac.1, corsac-check.1 and the others into a folder.
    #[command(
        after_help = "Example: corsac manual | man -l -\n         corsac manual ~/.local/share/man/man1"
    )]
    Manual(Manual),
}

const COMPLETIONS: &str = "Where they go:
  bash        corsac completions bash > ~/.local/share/bash-completion/completions/corsac
  zsh         corsac completions zsh > \"${fpath[1]}/_corsac\"
  fish        corsac completions fish > ~/.config/fish/completions/corsac.fish
  powershell  corsac completions powershell | Out-String | Invoke-Expression   (in $PROFILE)
  elvish      corsac completions elvish > ~/.config/elvish/lib/corsac.elv";

/// The call, as the page's script would write it.
#[derive(Debug, Args)]
pub(crate) struct CallFlags {
    /// The URL to call
    #[arg(value_name = "URL")]
    pub(crate) url: Target,
    /// The page's origin, such as http://localhost:5173
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<PageOrigin>,
    /// The method; GET, or POST with --body
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A request header that the script sets; may be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<HeaderLine>,
    /// The body; @FILE reads it from a file
    #[arg(long, value_name = "DATA")]
    pub(crate) body: Option<String>,
    /// fetch()'s `credentials`: omit, same-origin or include (withCredentials)
    #[arg(long, hide_possible_values = true, value_parser = one_of::<CredentialsMode>(CREDENTIALS), value_name = "WHEN", default_value_t = CredentialsMode::SameOrigin)]
    pub(crate) credentials: CredentialsMode,
    /// fetch()'s `mode`: cors, no-cors or same-origin
    #[arg(long, hide_possible_values = true, value_parser = one_of::<Mode>(MODES), value_name = "MODE", default_value_t = Mode::Cors)]
    pub(crate) mode: Mode,
    /// fetch()'s `redirect`: follow, error or manual
    #[arg(long, hide_possible_values = true, value_parser = one_of::<RedirectMode>(REDIRECTS), value_name = "HOW", default_value_t = RedirectMode::Follow)]
    pub(crate) redirect: RedirectMode,
    /// The cookies the browser holds for the URL, such as 'sid=1; theme=dark'; sent only where credentials are
    #[arg(long, value_name = "A=B", value_parser = crate::input::cookies)]
    pub(crate) cookie: Option<String>,
    /// Whose verdict is the headline: chromium, firefox, webkit or standard
    #[arg(long, hide_possible_values = true, value_parser = one_of::<Browser>(BROWSERS), value_name = "ENGINE", default_value_t = Browser::Chromium)]
    pub(crate) browser: Browser,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) call: CallFlags,
    /// What answers there, for the fix: express, fastapi, nginx, spring, s3 and more; recognised where its answers tell
    #[arg(long, hide_possible_values = true, value_parser = one_of::<Stack>(stacks()), value_name = "STACK")]
    pub(crate) stack: Option<Stack>,
    /// Send nothing but what the browser would send for the call; causes are then told apart less surely
    #[arg(long)]
    pub(crate) no_extra_requests: bool,
    /// A response header that the page's script reads: is it exposed? May be repeated; exits with 1 where one is not
    #[arg(long, value_name = "NAME", value_parser = crate::input::header_name)]
    pub(crate) read_header: Vec<String>,
    /// Where the page comes from: public (the internet), local (a private network) or loopback (this machine)
    #[arg(long, hide_possible_values = true, value_parser = one_of::<AddressSpace>(SPACES), value_name = "SPACE")]
    pub(crate) page_address_space: Option<AddressSpace>,
    /// The page's own Content-Security-Policy, as its header has it: does connect-src list the URL? May be repeated
    #[arg(long, value_name = "POLICY")]
    pub(crate) page_csp: Vec<String>,
    /// Print the result as JSON (version 1)
    #[arg(long)]
    pub(crate) json: bool,
    /// Show every header, not only those that matter
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Accept any certificate, to judge CORS alone
    #[arg(short = 'k', long)]
    pub(crate) insecure: bool,
    /// Take the address from here instead of DNS, as curl does; may be repeated
    #[arg(long, value_name = "HOST:PORT:ADDR", value_parser = crate::input::resolve)]
    pub(crate) resolve: Vec<Resolve>,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) call: CallFlags,
    /// Print the requests as JSON (version 1)
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A console's message, in quotation marks; an identifier; or - for stdin
    #[arg(value_name = "MESSAGE|ID")]
    pub(crate) words: Vec<String>,
    /// Print it as JSON (version 1)
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct OriginOf {
    /// A URL or an origin
    #[arg(value_name = "URL")]
    pub(crate) one: AnyUrl,
    /// Another one to compare it with; exits with 1 unless both are the same origin
    #[arg(value_name = "URL")]
    pub(crate) two: Option<AnyUrl>,
    /// Print the result as JSON (version 1)
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Har {
    /// The file; - reads it from stdin
    #[arg(value_name = "FILE")]
    pub(crate) file: std::path::PathBuf,
    /// Everything about one call, by its number in the table
    #[arg(long, value_name = "N")]
    pub(crate) entry: Option<usize>,
    /// Show the requests too that CORS has no say in: same origin, images, pages
    #[arg(long)]
    pub(crate) all: bool,
    /// The page's origin, for calls of which the file does not tell it
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<PageOrigin>,
    /// Whose rules to judge by: chromium, firefox, webkit or standard; those of the recorded browser without it
    #[arg(long, value_name = "ENGINE")]
    pub(crate) browser: Option<Browser>,
    /// What answers there, for the fix: express, fastapi, nginx, spring, s3 and more; recognised where its answers tell
    #[arg(long, value_name = "STACK")]
    pub(crate) stack: Option<Stack>,
    /// Print the result as JSON (version 1)
    #[arg(long)]
    pub(crate) json: bool,
    /// Show every header of a call's exchange, not only those that matter
    #[arg(short, long, requires = "entry")]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// The file
    #[arg(value_name = "FILE", default_value = "corsac.toml")]
    pub(crate) file: std::path::PathBuf,
    /// Only what is said of this policy
    #[arg(long, value_name = "NAME")]
    pub(crate) policy: Option<String>,
    /// Also what this server cannot do of it, or does otherwise, if the policies were exported to it; may be repeated
    #[arg(long, value_name = "TARGET", value_parser = target_names())]
    pub(crate) target: Vec<String>,
    /// Print the findings as JSON (version 1)
    #[arg(long, conflicts_with = "sarif")]
    pub(crate) json: bool,
    /// Print the findings as SARIF 2.1.0, for code scanning
    #[arg(long)]
    pub(crate) sarif: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The configuration file; ./corsac.toml unless --upstream is given
    #[arg(long, value_name = "FILE", conflicts_with = "upstream")]
    pub(crate) config: Option<std::path::PathBuf>,
    /// The API behind the gateway, such as http://localhost:3000; no file is needed then
    #[arg(long, value_name = "URL")]
    pub(crate) upstream: Option<String>,
    /// An origin, or a pattern of origins, that may call; may be repeated
    #[arg(long, value_name = "ORIGIN", conflicts_with = "config", requires = "upstream")]
    pub(crate) allow_origin: Vec<String>,
    /// A file of further origins and patterns, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "config", requires = "upstream")]
    pub(crate) allow_origins_file: Option<String>,
    /// Allow cookies and HTTP authentication
    #[arg(long, conflicts_with = "config", requires = "upstream")]
    pub(crate) allow_credentials: bool,
    /// A method beyond GET, HEAD and POST; may be repeated
    #[arg(long, value_name = "METHOD", conflicts_with = "config", requires = "upstream")]
    pub(crate) allow_method: Vec<String>,
    /// A request header that pages may set; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "config", requires = "upstream")]
    pub(crate) allow_header: Vec<String>,
    /// A response header that pages may read; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "config", requires = "upstream")]
    pub(crate) expose_header: Vec<String>,
    /// How long browsers may remember a preflight, such as 10m
    #[arg(long, value_name = "TIME", conflicts_with = "config", requires = "upstream")]
    pub(crate) max_age: Option<String>,
    /// Where to listen; 127.0.0.1:8080 unless the file says otherwise
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<String>,
    /// How the log is written, to stderr: text for people, json for programs, one object a line
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Check the configuration, say what is wrong with it, and exit: 0 if it is sound, 2 if not; listens on nothing
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A configuration file; of it, only [policies.NAME] is read
    #[arg(value_name = "FILE", required_unless_present = "list")]
    pub(crate) file: Option<std::path::PathBuf>,
    /// For which server
    #[arg(long, value_name = "TARGET", required_unless_present = "list", value_parser = target_names())]
    pub(crate) to: Option<String>,
    /// Which policy, where the file has several
    #[arg(long, value_name = "NAME")]
    pub(crate) policy: Option<String>,
    /// Show every server in a line; of one, what it cannot do, does otherwise, and how that was proven
    #[arg(
        long,
        value_name = "TARGET",
        num_args = 0..=1,
        conflicts_with_all = ["file", "policy"],
        value_parser = target_names(),
    )]
    pub(crate) list: Option<Option<String>>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file, in YAML or JSON; - for what comes in
    #[arg(value_name = "FILE")]
    pub(crate) file: std::path::PathBuf,
    /// What it is; recognised where it can only be one
    #[arg(long, value_name = "FORMAT", value_parser = source_names())]
    pub(crate) from: Option<String>,
    /// The policy's name
    #[arg(long, value_name = "NAME", default_value = "app")]
    pub(crate) name: String,
}

fn source_names() -> clap::builder::PossibleValuesParser {
    corsac_export::ImportSource::ALL.iter().map(|source| source.name()).collect::<Vec<_>>().into()
}

const CREDENTIALS: &[&str] = &["omit", "same-origin", "include"];
const MODES: &[&str] = &["cors", "no-cors", "same-origin"];
const REDIRECTS: &[&str] = &["follow", "error", "manual"];
const BROWSERS: &[&str] = &["chromium", "firefox", "webkit", "standard"];
const SPACES: &[&str] = &["public", "local", "loopback"];

fn stacks() -> &'static [&'static str] {
    static NAMES: std::sync::LazyLock<Vec<&str>> =
        std::sync::LazyLock::new(|| Stack::ALL.iter().map(|stack| stack.as_str()).collect());
    &NAMES
}

fn target_names() -> clap::builder::PossibleValuesParser {
    corsac_export::targets().iter().map(|target| target.name()).collect::<Vec<_>>().into()
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// The frontend's dev server, such as http://localhost:5173; it gets all that no --api does
    #[arg(long, value_name = "URL")]
    pub(crate) front: String,
    /// Where the requests below a path go; may be repeated, the longest path wins
    ///
    /// The rule is that of `upstream` in a file. A URL without a path is sent the path of the request: with
    /// /api=http://localhost:3000, /api/users goes to http://localhost:3000/api/users. A path in the URL, be it only `/`,
    /// takes the place of the one before `=`: with /api=http://localhost:3000/, it goes to http://localhost:3000/users.
    #[arg(long, value_name = "PATH=URL")]
    pub(crate) api: Vec<String>,
    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,
    /// A name by which the page is opened, beside localhost and addresses; may be repeated
    ///
    /// Without it, other names reach the dev server and APIs of this machine, which can tell them, but no other API: a
    /// website may have a name of its own lead to this machine.
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
}

/// Who reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// The folder, which is made where it is missing; stdout gets corsac(1) alone
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<std::path::PathBuf>,
}
