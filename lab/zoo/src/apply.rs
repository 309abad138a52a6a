//! Puts the steps of a printed fix where each says that it goes, as a person does who pastes them.
//!
//! The lines are never touched. A server's source marks with `cors` and `end of cors` the lines that its author would
//! call its CORS configuration: they are what a step means that goes "in place of" them. A step that no place in the
//! source answers to is an error, and so is a source that has such lines when no step says that they go.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A step, as `corsac check --json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Step {
    /// What to do and where, in a sentence.
    pub place: String,
    /// The name of the file, where the lines are the whole of one.
    pub file: Option<String>,
    /// The lines.
    pub lines: Vec<String>,
}

/// A mended server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mended {
    /// Its source.
    pub source: String,
    /// The files that were saved beside it, by their names.
    pub files: BTreeMap<String, String>,
    /// Whether a step says that the cache in front is to be emptied.
    pub empties_the_cache: bool,
    /// The request headers that a step puts into the key of the cache in front.
    pub cache_key: Vec<String>,
}

/// A step could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}: {place}")]
pub struct NotApplied {
    /// Why not.
    pub why: &'static str,
    /// The step's own words.
    pub place: String,
}

/// Where lines go, once the words of a step are understood.
#[derive(Debug, Clone, Copy)]
enum Spot {
    /// Above the first line of all.
    Top,
    /// Below the last line of all.
    End,
    /// Above the first line that begins so.
    Above(&'static str),
    /// Below the first line with this in it.
    Below(&'static str),
    /// Below the first of these lines after the first line that begins so.
    Within(&'static str, &'static str),
    /// Below the first line that begins so, where what is there is YAML: as far to the right as the line after it.
    Under(&'static str),
    /// Around what stands between `site` and `end of site`, where a comment of the lines says.
    AroundTheSite,
    /// In the braces of every line that begins so.
    InBraces(&'static str),
    /// In the place of these words, where they stand first.
    InPlaceOf(&'static str),
    /// Below the last of the calls that are chained to the first line with this in it.
    AfterTheCallsOf(&'static str),
    /// Below every line that begins so, inside of a block that begins as the first says; there may be none.
    BesideEvery(&'static str, &'static str),
}

/// What the words of a step mean in a source of that stack: the first words that it has, and the spot.
const SPOTS: &[(&str, &str, Spot)] = &[
    ("nginx", "Above server { }", Spot::Above("server {")),
    ("nginx", "In server { }", Spot::Within("server {", "listen ")),
    (
        "nginx",
        "In every location { } that keeps an add_header of its own",
        Spot::BesideEvery("location ", "add_header "),
    ),
    ("apache", "In <VirtualHost>", Spot::Below("<VirtualHost ")),
    ("caddy", "In the site's block, around all that answers requests", Spot::AroundTheSite),
    ("caddy", "In every reverse_proxy of that route", Spot::InBraces("reverse_proxy ")),
    ("haproxy", "In the frontend", Spot::Within("frontend ", "bind ")),
    ("express", "On the line after `const app = express()`", Spot::Below("const app = express()")),
    ("fastify", "On the line after the one that makes `app`", Spot::Below("const app = ")),
    ("koa", "On the line after `new Koa()`", Spot::Below("new Koa()")),
    ("hono", "At the top of the application's file", Spot::Top),
    ("hono", "On the line after `new Hono()`", Spot::Below("new Hono()")),
    (
        "node",
        "As the first lines of the function that answers every request",
        Spot::Below("(request, response) =>"),
    ),
    ("fastapi", "At the end of the module that makes `app`", Spot::End),
    ("flask", "On the line after `app = Flask(__name__)`", Spot::Below("app = Flask(__name__)")),
    ("django", "At the end of settings.py", Spot::End),
    ("envoy", "Under http_filters, first of all", Spot::Under("http_filters:")),
    ("envoy", "In the virtual host, beside its routes", Spot::Under("domains:")),
    ("envoy", "Under its routes, first of all", Spot::Under("routes:")),
    ("rails", "Only without Rails: in config.ru, before every other `use`", Spot::Top),
    ("workers", "In the main file, in place of `export default`", Spot::InPlaceOf("export default")),
    ("workers", "At the end of the main file", Spot::End),
    ("unknown", "On every answer to OPTIONS", Spot::Below("=== 'OPTIONS') {")),
    ("go", "Among the imports of the file that starts the server", Spot::Below("import (")),
    ("go", "Where the server is started, around the outermost handler", Spot::Below("// start")),
    ("tower-http", "In src/main.rs, among the modules", Spot::Above("use ")),
    (
        "tower-http",
        "At the end of the router, below every route and every other .layer(…)",
        Spot::AfterTheCallsOf("Router::new()"),
    ),
    ("actix-cors", "In src/main.rs, among the modules", Spot::Above("use ")),
    ("actix-cors", "As the last .wrap(…) of the App, in this order", Spot::AfterTheCallsOf("App::new()")),
];

/// Commands that the lab's set-up has run already: `cargo xtask setup` brings the packages, and the frames load the
/// modules.
const RUN_ALREADY: &[&str] = &["npm install ", "pip install ", "a2enmod ", "gem ", "go get ", "cargo add "];

/// What is to be done beside pasting, and is left undone here: a server's errors stay; there are no other pages whose
/// needs would have to be kept; and an application that speaks about CORS goes on to, so that the lines must do without
/// its silence.
const LEFT_UNDONE: &[&str] =
    &["read in the server's log", "Keep what other pages need", "in every other layer"];

/// The source of a server of that stack, mended by the steps.
///
/// # Errors
///
/// If a step names no place that the source has.
pub fn apply(stack: &str, source: &str, steps: &[Step]) -> Result<Mended, NotApplied> {
    let mut mended = Mended { source: without_cors(source), ..Mended::default() };
    let replaces = |step: &Step| step.place.contains("in place of") || step.place.contains("Take ");
    if mended.source != source && !steps.iter().any(replaces) {
        let place = steps.iter().map(|step| step.place.as_str()).collect::<Vec<_>>().join("; ");
        return Err(NotApplied { why: "no step says what goes in exchange", place });
    }
    for step in steps {
        let not_applied = |why| NotApplied { why, place: step.place.clone() };
        if let Some(file) = &step.file {
            mended.files.insert(file.clone(), step.lines.join("\n") + "\n");
        } else if ["In a terminal", "In the Gemfile"].iter().any(|place| step.place.starts_with(place)) {
            if !step.lines.iter().all(|line| RUN_ALREADY.iter().any(|command| line.starts_with(command))) {
                return Err(not_applied("the set-up does not run this"));
            }
        } else if step.place.starts_with("In the CDN's cache key") {
            mended.cache_key.clone_from(&step.lines);
        } else if step.lines.is_empty() {
            if step.place.contains("empty the cache") {
                mended.empties_the_cache = true;
            } else if !LEFT_UNDONE.iter().any(|words| step.place.contains(words)) {
                return Err(not_applied("nobody does this"));
            }
        } else {
            let known = SPOTS.iter().find(|(of, words, _)| *of == stack && step.place.starts_with(words));
            let (_, _, spot) = known.ok_or_else(|| not_applied("nobody knows where this is"))?;
            let lines = if stack == "unknown" { in_javascript(&step.lines) } else { step.lines.clone() };
            mended.source = put(&mended.source, *spot, &lines)
                .ok_or_else(|| not_applied("the source has no such place"))?;
        }
    }
    Ok(mended)
}

/// Whether a line is the comment that says these words alone.
pub(crate) fn says(line: &str, words: &str) -> bool {
    line.trim().trim_start_matches(['#', '/']).trim() == words
}

/// Headers in HTTP's own words, in those of the servers that nobody knows.
fn in_javascript(lines: &[String]) -> Vec<String> {
    let fields = lines.iter().filter_map(|line| line.split_once(": "));
    fields.map(|(name, value)| format!("response.setHeader({name:?}, {value:?});")).collect()
}

/// The source without what stands between `cors` and `end of cors`.
fn without_cors(source: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in source.lines() {
        if says(line, "cors") {
            inside = true;
        } else if says(line, "end of cors") {
            inside = false;
        } else if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn put(source: &str, spot: Spot, lines: &[String]) -> Option<String> {
    let there: Vec<&str> = source.lines().collect();
    let begins = |from: usize, text: &str| {
        let found = there.iter().skip(from).position(|line| line.trim_start().starts_with(text));
        found.map(|place| place + from)
    };
    let at = match spot {
        Spot::Top => 0,
        Spot::End => there.len(),
        Spot::Above(text) => begins(0, text)?,
        Spot::Below(text) => there.iter().position(|line| line.contains(text))? + 1,
        Spot::Within(block, text) => begins(begins(0, block)?, text)? + 1,
        Spot::Under(text) => return under(&there, begins(0, text)? + 1, lines),
        Spot::AroundTheSite => return around_the_site(&there, lines),
        Spot::AfterTheCallsOf(text) => return after_the_calls(&there, text, lines),
        Spot::InBraces(text) => return in_braces(&there, text, lines),
        Spot::InPlaceOf(words) => return in_place_of(source, words, lines),
        Spot::BesideEvery(block, text) => return Some(beside_every(&there, block, text, lines)),
    };
    let mut all: Vec<&str> = there[..at].to_vec();
    all.extend(lines.iter().map(String::as_str));
    all.extend(&there[at..]);
    Some(all.join("\n") + "\n")
}

fn under(there: &[&str], at: usize, lines: &[String]) -> Option<String> {
    let next = there.get(at)?;
    let indentation = &next[..next.len() - next.trim_start().len()];
    let mut all: Vec<String> = there[..at].iter().map(|&line| line.to_owned()).collect();
    all.extend(lines.iter().map(|line| format!("{indentation}{line}")));
    all.extend(there[at..].iter().map(|&line| line.to_owned()));
    Some(all.join("\n") + "\n")
}

fn in_place_of(source: &str, words: &str, lines: &[String]) -> Option<String> {
    source.contains(words).then(|| source.replacen(words, &lines.join("\n"), 1))
}

/// The calls stand further to the right than the line that they are chained to; a semicolon ends them.
fn after_the_calls(there: &[&str], text: &str, lines: &[String]) -> Option<String> {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let begin = there.iter().position(|line| line.contains(text))?;
    let calls =
        there[begin + 1..].iter().take_while(|line| indentation(line) > indentation(there[begin])).count();
    let (chained, rest) = there.split_at(begin + calls + 1);
    let (last, before) = chained.split_last()?;
    let mut all: Vec<String> = before.iter().map(|&line| line.to_owned()).collect();
    let (last, end) = last.strip_suffix(';').map_or((*last, ""), |last| (last, ";"));
    all.push(last.to_owned());
    all.extend(lines.iter().cloned());
    all.last_mut()?.push_str(end);
    all.extend(rest.iter().map(|&line| line.to_owned()));
    Some(all.join("\n") + "\n")
}

fn around_the_site(there: &[&str], lines: &[String]) -> Option<String> {
    let begin = there.iter().position(|line| says(line, "site"))?;
    let end = there.iter().position(|line| says(line, "end of site"))?;
    let here = lines.iter().position(|line| line.trim_start().starts_with("# Here,"))?;
    let mut all: Vec<&str> = there[..begin].to_vec();
    all.extend(lines[..=here].iter().map(String::as_str));
    all.extend(&there[begin + 1..end]);
    all.extend(lines[here + 1..].iter().map(String::as_str));
    all.extend(&there[end + 1..]);
    Some(all.join("\n") + "\n")
}

fn beside_every(there: &[&str], block: &str, text: &str, lines: &[String]) -> String {
    let mut all: Vec<&str> = Vec::new();
    let mut depth = 0_usize;
    // Once in each block, below the first such line.
    let mut awaited = false;
    for line in there {
        let trimmed = line.trim();
        all.push(line);
        if depth == 0 && trimmed.starts_with(block) {
            (depth, awaited) = (1, true);
            continue;
        }
        if depth > 0 {
            if awaited && depth == 1 && trimmed.starts_with(text) {
                awaited = false;
                all.extend(lines.iter().map(String::as_str));
            }
            depth += usize::from(trimmed.ends_with('{'));
            depth -= usize::from(trimmed == "}");
        }
    }
    all.join("\n") + "\n"
}

fn in_braces(there: &[&str], text: &str, lines: &[String]) -> Option<String> {
    let mut all = Vec::new();
    let mut found = false;
    for line in there {
        if !line.trim_start().starts_with(text) {
            all.push((*line).to_owned());
            continue;
        }
        found = true;
        match line.trim_end().strip_suffix('{') {
            Some(_) => {
                all.push((*line).to_owned());
                all.extend(lines.iter().cloned());
            }
            None => {
                all.push(format!("{line} {{"));
                all.extend(lines.iter().cloned());
                all.push("}".to_owned());
            }
        }
    }
    found.then(|| all.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(place: &str, lines: &[&str]) -> Step {
        Step { place: place.into(), file: None, lines: lines.iter().map(|line| (*line).to_owned()).collect() }
    }

    #[test]
    fn lines_go_where_the_step_says_and_what_they_replace_goes() {
        let source = "const app = express();\n// cors\napp.use(cors());\n// end of cors\napp.get('/');\n";
        let place = "On the line after `const app = express()`, in place of every other use of cors(…)";
        let mended =
            apply("express", source, &[step(place, &["app.use(policy);"])]).expect("it has the place");
        assert_eq!(mended.source, "const app = express();\napp.use(policy);\napp.get('/');\n");
    }

    #[test]
    fn a_cache_is_emptied_only_where_a_step_says_so() {
        let lines = step("On the line after `const app = express()`", &["app.use(policy);"]);
        let source = "const app = express();\n";
        let mended = |steps: &[Step]| apply("express", source, steps).expect("it has the place");
        let empty = step("Then empty the cache in front once: it keeps the answers it has", &[]);
        assert!(!mended(std::slice::from_ref(&lines)).empties_the_cache);
        assert!(mended(&[lines, empty]).empties_the_cache);
    }

    #[test]
    fn a_step_that_does_not_say_what_goes_takes_nothing_away() {
        let source = "const app = express();\n// cors\napp.use(cors());\n// end of cors\n";
        let steps = [step("On the line after `const app = express()`", &["app.use(policy);"])];
        assert_eq!(
            apply("express", source, &steps).expect_err("cors() stays").why,
            "no step says what goes in exchange"
        );
    }

    #[test]
    fn a_place_that_the_source_does_not_have_is_an_error() {
        let error = apply("express", "x\n", &[step("On the line after `const app = express()`", &["y"])]);
        assert_eq!(error.expect_err("it is not there").why, "the source has no such place");
        let error = apply("nginx", "x\n", &[step("Somewhere", &["y"])]);
        assert_eq!(error.expect_err("it is nowhere").why, "nobody knows where this is");
    }

    #[test]
    fn words_give_their_place_to_a_line() {
        let source = "export default {\n};\n";
        let place = "In the main file, in place of `export default`";
        let steps = [
            step(place, &["const own ="]),
            step("At the end of the main file", &["export default around(own);"]),
        ];
        let mended = apply("workers", source, &steps).expect("it has the places");
        assert_eq!(mended.source, "const own = {\n};\nexport default around(own);\n");
        assert!(apply("workers", "x\n", &steps).is_err(), "nothing is there to be replaced");
    }

    #[test]
    fn a_call_is_chained_to_the_last_of_those_that_are_there() {
        let place = "At the end of the router, below every route and every other .layer(…), in place of …";
        let steps = [step(place, &[".layer(policy)"])];
        let before = "let app = Router::new()\n    .route(a)\n    .layer(b";
        for (end, mended) in
            [(");\nserve(app)\n", ")\n.layer(policy);\nserve(app)\n"), (")\n}\n", ")\n.layer(policy)\n}\n")]
        {
            let source = format!("{before}{end}");
            let applied = apply("tower-http", &source, &steps).expect("it has the place");
            assert_eq!(applied.source, format!("{before}{mended}"));
        }
        let alone = apply("tower-http", "Router::new();\n", &steps).expect("it has the place");
        assert_eq!(alone.source, "Router::new()\n.layer(policy);\n");
    }

    #[test]
    fn what_is_in_a_site_gets_into_the_route() {
        let source = ":80 {\n\t# site\n\treverse_proxy a\n\t# end of site\n}\n";
        let steps = [
            step(
                "In the site's block, around all that answers requests there",
                &["route {", "\tx", "\t# Here, in order.", "}"],
            ),
            step("In every reverse_proxy of that route, in braces", &["h"]),
        ];
        let mended = apply("caddy", source, &steps).expect("it has the places");
        assert_eq!(
            mended.source,
            ":80 {\nroute {\n\tx\n\t# Here, in order.\n\treverse_proxy a {\nh\n}\n}\n}\n"
        );
    }
}
