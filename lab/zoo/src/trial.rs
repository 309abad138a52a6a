//! One case from its failure to its mending, each step observed; what is not as the ledger says is told in full.

use std::collections::BTreeMap;
use std::process::Command;

use corsac_lab::{Running, corsac_binary, free_port, start_command};
use corsac_lab_browsers::origins::PAGE;
use serde_json::Value;

use crate::application::Application;
use crate::apply::apply;
use crate::browser::{Browser, Seen};
use crate::cache::Cache;
use crate::case::{Call, Case};
use crate::check::{Concluded, Fix, url};
use crate::names::Names;
use crate::page_code::{code, mend};
use crate::pages::Pages;
use crate::server::{Served, broken};
use crate::table::Row;

/// What all cases share.
#[derive(Debug)]
pub struct Zoo {
    browser: Browser,
    application: Application,
    names: Names,
}

/// What no fix may say, whatever it mends.
const NEVER_SAID: &[&str] = &[
    "no-cors",
    "Access-Control-Allow-Origin \"*\"",
    "Access-Control-Allow-Origin: *",
    "origin: \"*\"",
    "disable-web-security",
];

/// The page whose origin nobody allows.
const STRANGER: &str = "https://stranger.example";

impl Zoo {
    /// Starts what all cases share: the browser, its pages, and the application behind proxies.
    ///
    /// # Errors
    ///
    /// If one of them does not come up.
    pub fn open() -> Result<Self, String> {
        let pages = Pages::serve().map_err(|error| error.to_string())?;
        let application = Application::serve().map_err(|error| error.to_string())?;
        let browser = Browser::start(pages.public).map_err(|error| error.to_string())?;
        let names = Names::new(pages.plain, browser.encrypted(), pages.public);
        Ok(Self { browser, application, names })
    }

    /// The browser's version.
    #[must_use]
    pub fn browser_version(&self) -> &str {
        self.browser.version()
    }

    /// What a page of that name gets of a call to a server on that port.
    fn sees(&self, page: &str, call: &Call, port: u16) -> Result<(String, Vec<String>), String> {
        self.runs(page, call, port, &code(call, &url(call, port), &self.names))
    }

    /// What a page of that name gets with this code.
    fn runs(&self, page: &str, call: &Call, port: u16, code: &str) -> Result<(String, Vec<String>), String> {
        let address = match page {
            "itself" => url(call, port),
            // A page without an origin of its own, by its own policy.
            "null" => format!("{}/csp/sandbox%20allow-scripts", self.names.fill_in("https://app.example")),
            page => {
                let origin = self.names.fill_in(page);
                match &call.csp {
                    Some(policy) => {
                        let policy = self.names.fill_in(policy).replace(' ', "%20").replace('\'', "%27");
                        format!("{origin}/csp/{policy}")
                    }
                    None if origin.starts_with("https:") => format!("{origin}{PAGE}"),
                    None => format!("{origin}/"),
                }
            }
        };
        let script = format!(
            "if (location.pathname === '{PAGE}') history.replaceState(null, '', '/');
            try {{
                {code}
                if (answer.type === 'opaque') return 'opaque';
                await answer.text();
                const reads = {reads:?}.map(name => `${{name}} ${{answer.headers.get(name)}}`);
                return [answer.status, ...reads].join(', ');
            }} catch (failed) {{ return failed instanceof TypeError ? 'fails' : String(failed); }}",
            reads = call.reads,
        );
        let Seen { value, console } =
            self.browser.run(&address, &script).map_err(|error| error.to_string())?;
        match value {
            Value::String(seen) => Ok((seen, console)),
            other => Err(format!("not a text: {other}")),
        }
    }
}

/// Puts a case to everything, and says what came of it.
///
/// # Errors
///
/// What was otherwise than the ledger says, with what the server wrote.
pub fn observe(zoo: &Zoo, case: &Case) -> Result<Row, String> {
    let source = broken(case).map_err(|error| format!("{}: {error}", case.source.file.display()))?;
    let cache =
        case.source.cache.map(Cache::new).transpose().map_err(|error| format!("its cache: {error}"))?;
    let start = |mended| {
        Served::start(case, mended, &zoo.names, zoo.application.port, cache.as_ref())
            .map_err(|error| error.to_string())
    };
    let server = start(&source)?;
    let concluded = as_the_ledger_says(zoo, case, &server)
        .map_err(|wrong| format!("{wrong}\n{} wrote:\n{}", case.source.file.display(), server.said()))?;
    let mut row = Row::new(case, &concluded);
    if let Some(wanted) = &case.page_mended {
        let fix = concluded.fixes.iter().find(|fix| fix.target == "page");
        let fix = fix.ok_or_else(|| format!("no fix for the page: {:#}", concluded.report))?;
        page_is_mended(zoo, case, &server, fix, wanted)?;
        row.mended_by = Some(fix.target.clone());
    }
    let Some(wanted) = &case.mended else {
        no_lines(case, &concluded)?;
        return Ok(row);
    };
    let gateway = concluded.fixes.iter().find(|fix| fix.target == "corsac");
    if let Some(fix) = gateway.filter(|_| case.stack == "unknown") {
        let gateway = printed_gateway(&concluded, fix)?;
        is_mended(zoo, case, gateway.port(), wanted)
            .map_err(|wrong| format!("{wrong}\n{}", gateway.said()))?;
        row.mended_by = Some(fix.target.clone());
        return Ok(row);
    }
    drop(server);
    let fix = printed(case, &concluded)?;
    let mended = apply(&case.stack, &zoo.names.fill_in(&source.source), &fix.steps)
        .map_err(|error| format!("the fix cannot be applied as it is printed: {error}\n{}", fix.snippet))?;
    let server = start(&mended).map_err(|error| format!("mended, {error}\n{}", mended.source))?;
    let with_its_page = with_the_page_mended(zoo, case, &concluded)?;
    let case = with_its_page.as_ref().unwrap_or(case);
    if let Some(cache) = cache.as_ref().filter(|_| mended.empties_the_cache) {
        let finds_old_copies = mended.cache_key.is_empty();
        emptied(zoo, case, &server, cache, finds_old_copies)?;
    }
    is_mended(zoo, case, server.port(), wanted).map_err(|wrong| {
        format!("{wrong}\n---\n{}\n{}---\n{}", mended.source, shown(&mended.files), server.said())
    })?;
    row.mended_by = Some(fix.target.clone());
    Ok(row)
}

/// The case with the call that the printed lines make of the page's, where page and server are to be mended both.
fn with_the_page_mended(zoo: &Zoo, case: &Case, concluded: &Concluded) -> Result<Option<Case>, String> {
    let Some(call) = &case.call_mended else { return Ok(None) };
    let fix = concluded.fixes.iter().find(|fix| fix.target == "page");
    let fix = fix.ok_or_else(|| format!("no fix for the page: {:#}", concluded.report))?;
    let code = |call| code(call, &url(call, 0), &zoo.names);
    let mended = mend(&code(&case.call), &fix.steps)
        .map_err(|error| format!("the page's fix cannot be applied as it is printed: {error}"))?;
    if mended != code(call) {
        return Err(format!("the page's lines make of the call\n{mended}\nand not\n{}", code(call)));
    }
    Ok(Some(Case { call: call.clone(), ..case.clone() }))
}

/// The cache gives out the old copies in front of the mended server too, until it is emptied, unless it keeps them under
/// another key by now; then others ask first, as they did before.
fn emptied(
    zoo: &Zoo,
    case: &Case,
    server: &Served,
    cache: &Cache,
    finds_old_copies: bool,
) -> Result<(), String> {
    let (seen, _) = zoo.sees(&case.call.page, &case.call, server.port())?;
    if finds_old_copies && seen != case.sees {
        return Err(format!(
            "with the copies of before, the page gets `{seen}`: nobody need empty the cache"
        ));
    }
    cache.empty().map_err(|error| format!("the cache cannot be emptied: {error}"))?;
    server.warm_up(case, &zoo.names).map_err(|error| error.to_string())
}

fn shown(files: &BTreeMap<String, String>) -> String {
    files.iter().map(|(name, text)| format!("--- {name}\n{text}")).collect()
}

/// The page gets what the ledger says, and the command concludes what it says.
fn as_the_ledger_says(zoo: &Zoo, case: &Case, server: &Served) -> Result<Concluded, String> {
    let mut wrong = Vec::new();
    if let Some(path) = &case.call.visit {
        let visited = Call { path: path.clone(), ..case.call.clone() };
        zoo.browser.run(&url(&visited, server.port()), "return 0;").map_err(|error| error.to_string())?;
    }
    let (seen, console) = zoo.sees(&case.call.page, &case.call, server.port())?;
    if seen != case.sees {
        wrong.push(format!("in Chromium the page gets `{seen}`, not `{}`", case.sees));
    }
    let concluded = Concluded::of(case, &zoo.names, server.port())?;
    let expect = &case.expect;
    for (what, found, wanted) in [
        ("verdict", Some(&concluded.verdict), Some(&expect.verdict)),
        ("failure", concluded.failure.as_ref(), expect.failure.as_ref()),
        ("cause", concluded.cause.as_ref(), expect.cause.as_ref()),
        ("confidence", concluded.confidence.as_ref(), expect.confidence.as_ref()),
    ] {
        let is_asked = what != "confidence" || wanted.is_some();
        if is_asked && found != wanted {
            wrong.push(format!("the {what} is {found:?}, not {wanted:?}"));
        }
    }
    if let Some(predicted) = concluded.report["browsers"]["chromium"]["console"].as_str()
        && let Some(line) = predicted.lines().find(|line| !console.iter().any(|printed| printed == line))
    {
        wrong.push(format!("Chromium's console should have printed\n  {line}\nand printed\n  {console:#?}"));
    }
    let stack = Some(&case.stack).filter(|stack| *stack != "unknown");
    if stack.is_some() && case.mended.is_some() && concluded.stack.as_ref() != stack {
        wrong.push(format!("the stack is {:?}, not {stack:?}", concluded.stack));
    }
    if wrong.is_empty() {
        return Ok(concluded);
    }
    Err(format!("{}\n{:#}", wrong.join("\n"), concluded.report))
}

/// Whose lines mend a stack: the package's, where the stack has none of its own; HTTP's own words, where nobody knows it.
fn target(stack: &str) -> &str {
    match stack {
        "rails" => "rack-cors",
        "go" => "rs-cors",
        "unknown" => "http",
        stack => stack,
    }
}

/// The fix for the stack.
fn printed<'a>(case: &Case, concluded: &'a Concluded) -> Result<&'a Fix, String> {
    never_said(concluded)?;
    let fix = concluded.fixes.iter().find(|fix| fix.target == target(&case.stack));
    fix.ok_or_else(|| format!("no fix for {}: {:#}", case.stack, concluded.report))
}

/// The gateway of the printed line, in front of a server that nobody knows: run as it is printed, but for its own port.
fn printed_gateway(concluded: &Concluded, fix: &Fix) -> Result<Running, String> {
    never_said(concluded)?;
    let line = fix.snippet.trim_end().strip_prefix("corsac ");
    let line = line.ok_or_else(|| format!("not a line of corsac: {}", fix.snippet))?;
    let port = free_port();
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("exec \"$CORSAC\" {line} --listen 127.0.0.1:{port}"));
    command.env("CORSAC", corsac_binary().map_err(|error| error.to_string())?);
    start_command("the printed line", &mut command, port).map_err(|error| error.to_string())
}

/// Where configuration mends nothing, there is nothing to paste into a server.
fn no_lines(case: &Case, concluded: &Concluded) -> Result<(), String> {
    never_said(concluded)?;
    let lines = concluded.fixes.iter().find(|fix| fix.target == target(&case.stack) || fix.target == "http");
    match lines {
        Some(fix) if case.stack != "unknown" || case.is_control() => {
            Err(format!("lines for {} that mend nothing:\n{}", fix.target, fix.snippet))
        }
        _ => Ok(()),
    }
}

fn never_said(concluded: &Concluded) -> Result<(), String> {
    // The page's lines quote what is to be deleted.
    for fix in concluded.fixes.iter().filter(|fix| fix.target != "page") {
        if let Some(words) = NEVER_SAID.iter().find(|words| fix.snippet.contains(**words)) {
            return Err(format!("a fix says `{words}`:\n{}", fix.snippet));
        }
    }
    Ok(())
}

/// The same call passes, the command agrees, and a page of another origin still fails.
fn is_mended(zoo: &Zoo, case: &Case, port: u16, wanted: &str) -> Result<(), String> {
    let mut wrong = Vec::new();
    let (seen, _) = zoo.sees(&case.call.page, &case.call, port)?;
    if seen != wanted {
        wrong.push(format!("mended, the page gets `{seen}`, not `{wanted}`"));
    }
    let concluded = Concluded::of(case, &zoo.names, port)?;
    if concluded.verdict != "allowed" || concluded.cause.is_some() {
        wrong.push(format!("mended, the command says {:#}", concluded.report));
    }
    let (stranger, _) = zoo.sees(STRANGER, &case.call, port)?;
    if stranger != "fails" {
        wrong.push(format!("mended, a page of another origin gets `{stranger}`"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The page whose code has the printed fix in it gets what the ledger says.
fn page_is_mended(zoo: &Zoo, case: &Case, server: &Served, fix: &Fix, wanted: &str) -> Result<(), String> {
    let call = &case.call;
    let code = code(call, &url(call, server.port()), &zoo.names);
    let mended = mend(&code, &fix.steps)
        .map_err(|error| format!("the page's fix cannot be applied as it is printed: {error}\n{code}"))?;
    let (seen, _) = zoo.runs(&call.page, call, server.port(), &mended)?;
    if seen == wanted {
        return Ok(());
    }
    Err(format!(
        "with the fix in its code, the page gets `{seen}`, not `{wanted}`\n{mended}\n{}",
        server.said()
    ))
}
