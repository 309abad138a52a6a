//! Writes what the fuzz targets begin with: `fuzz/corpus/<target>/`, from `vectors/` and the gateway's test files.
//!
//! Reads the vectors as data and knows no rule; a case that a target cannot hold is left out.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use corsac::{OriginPattern, PolicyConfig};
use corsac_fuzz::case;
use corsac_vectors::{PolicyCase, Text};
use serde::Deserialize;
use toml::{Table, Value};

fn main() -> io::Result<()> {
    let cases: Vec<PolicyCase> = corsac_vectors::load("policy");
    write("origin", origins(&cases))?;
    write("pattern", patterns())?;
    write("policy_file", policy_files(&cases)?)?;
    write("request_headers", request_headers())?;
    write("decide", decisions(&cases))
}

type Seeds = BTreeSet<Vec<u8>>;

/// Longer seeds would be cut, and then be about something else.
const LONGEST: usize = 4096;

fn write(target: &str, seeds: Seeds) -> io::Result<()> {
    let folder = root().join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    let fitting = (1..).zip(seeds.into_iter().filter(|seed| seed.len() <= LONGEST));
    for (number, seed) in fitting {
        fs::write(folder.join(format!("vector-{number:04}")), seed)?;
    }
    Ok(())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn config_file(name: &str) -> Table {
    corsac_vectors::read(&Path::new("config").join(name))
}

/// Every text of a value, however deep.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Table(table) => match value.clone().try_into::<Text>() {
            Ok(repeated) => vec![repeated.expand()],
            Err(_) => table.iter().flat_map(|(_, value)| texts(value)).collect(),
        },
        _ => Vec::new(),
    }
}

fn origins(cases: &[PolicyCase]) -> Seeds {
    let sent = cases
        .iter()
        .flat_map(|case| &case.request.headers)
        .filter(|(name, _)| name.eq_ignore_ascii_case("origin"))
        .map(|(_, value)| value.expand());
    ["origins.toml", "patterns.toml", "pattern_sets.toml"]
        .iter()
        .flat_map(|file| texts(&Value::Table(config_file(file))))
        .chain(sent)
        .map(String::into_bytes)
        .collect()
}

/// The patterns of an entry, followed by some of the origins that are held against them.
fn patterns() -> Seeds {
    const LINES: usize = 8;
    let mut seeds = Seeds::new();
    for file in ["patterns.toml", "pattern_sets.toml"] {
        for entry in config_file(file).values().filter_map(Value::as_array).flatten() {
            let (patterns, others): (Vec<String>, Vec<String>) =
                texts(entry).into_iter().partition(|text| text.parse::<OriginPattern>().is_ok());
            let patterns = &patterns[..patterns.len().min(LINES / 2)];
            for others in others.chunks(LINES - patterns.len()) {
                seeds.insert([patterns, others].concat().join("\n").into_bytes());
            }
            seeds.insert(patterns.join("\n").into_bytes());
        }
    }
    seeds
}

/// Every policy three times: in TOML, in JSON, and below a gateway's route.
fn policy_files(cases: &[PolicyCase]) -> io::Result<Seeds> {
    const ROUTE: &str = "[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:3000\"\npolicy = \"app\"\n";
    const ORIGINS: &str = "https://one.example   # customer 17\n# none\nhttps://*.two.example:*\n";
    let faults = config_file("faults.toml");
    let faulty = faults.values().filter_map(Value::as_array).flatten().filter_map(|case| case.get("policy"));
    let policies = cases.iter().map(|case| &case.policy).chain(faulty.filter_map(Value::as_table));
    let mut seeds = Seeds::new();
    for policy in policies {
        let toml = policy.to_string();
        seeds.insert(format!("{ROUTE}[policies.app]\n{toml}").into_bytes());
        seeds.insert(format!("{toml}allow_origins_file = \"origins.txt\"\n\0{ORIGINS}").into_bytes());
        seeds.insert(toml.into_bytes());
        seeds.extend(serde_json::to_vec(policy));
    }
    for file in fs::read_dir(root().join("../crates/corsac-gateway/tests/config"))? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            seeds.insert(fs::read(path)?);
        }
    }
    Ok(seeds)
}

/// `vectors/config/request_headers.toml`, as far as it is needed here.
#[derive(Deserialize)]
struct Lists {
    list: Vec<List>,
}

#[derive(Deserialize)]
struct List {
    allow_headers: Vec<String>,
    #[serde(default)]
    allow_credentials: bool,
    allowed: Vec<Vec<Lines>>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Refused {
    lines: Vec<Lines>,
}

/// A field line, or one that comes so many times.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    Many { lines: (Text, usize) },
    One(Text),
}

impl Lines {
    fn expand(&self) -> Vec<String> {
        match self {
            Self::Many { lines: (text, count) } => vec![text.expand(); *count],
            Self::One(text) => vec![text.expand()],
        }
    }
}

fn request_headers() -> Seeds {
    let Lists { list } = corsac_vectors::read("config/request_headers.toml".as_ref());
    let mut seeds = Seeds::new();
    for List { allow_headers, allow_credentials, allowed, refused } in list {
        for lines in allowed.iter().chain(refused.iter().map(|refused| &refused.lines)) {
            let asked: Vec<String> = lines.iter().flat_map(Lines::expand).collect();
            let switches = if allow_credentials { "01" } else { "00" };
            let seed = format!("{switches}\n{}\n\n{}", allow_headers.join("\n"), asked.join("\n"));
            seeds.insert(seed.into_bytes());
        }
    }
    seeds
}

fn decisions(cases: &[PolicyCase]) -> Seeds {
    let seed = |case: &PolicyCase| {
        let config: PolicyConfig = case.policy.clone().try_into().ok()?;
        let request: Vec<case::Line> =
            case.request.headers.iter().map(|(name, value)| (name.clone(), value.expand())).collect();
        Some(case::written(&config, &case.request.method, &request, &case.inner.headers))
    };
    cases.iter().filter_map(seed).collect()
}
