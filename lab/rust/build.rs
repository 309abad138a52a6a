//! Writes the policies of `vectors/policy` as modules, each exactly as `corsac export` prints it.
//!
//! They have the numbers that `lab/tests/exports.rs` gives them; the servers hold their texts against those of the test.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use corsac::PolicyConfig;
use corsac_export::{Context, export, target};
use corsac_vectors::PolicyCase;

fn main() {
    let folder = corsac_vectors::folder().join("policy");
    println!("cargo::rerun-if-changed={}", folder.display());
    let out = env::var_os("OUT_DIR").expect("Cargo says where");
    let policies = policies();
    write(Path::new(&out), &policies, "tower-http", |modules, numbers| {
        let arms = numbers.iter().fold(String::new(), |mut arms, number| {
            let _ = writeln!(arms, "        {number} => router.layer(policy_{number}::cors()),");
            arms
        });
        let _ = write!(
            modules,
            "pub(crate) fn governed(number: usize, router: axum::Router) -> axum::Router {{\n    \
             match number {{\n{arms}        _ => router,\n    }}\n}}\n"
        );
    });
    write(Path::new(&out), &policies, "actix-cors", |modules, numbers| {
        modules.push_str("pub(crate) fn configure(config: &mut actix_web::web::ServiceConfig) {\n");
        for number in numbers {
            let _ = writeln!(
                modules,
                "    config.service(super::scope({number})\
                 .wrap(actix_web::middleware::from_fn(policy_{number}::without_own_headers))\
                 .wrap(policy_{number}::cors()));"
            );
        }
        modules.push_str("}\n");
    });
}

/// Every policy once, in the order in which a case has it first.
fn policies() -> Vec<PolicyConfig> {
    let mut policies: Vec<PolicyConfig> = Vec::new();
    for case in corsac_vectors::load::<PolicyCase>("policy") {
        let policy = case.policy.try_into().expect("the vectors have keys of a policy");
        if !policies.contains(&policy) {
            policies.push(policy);
        }
    }
    policies
}

/// The texts for a target as modules, and `uses` of those that it can do.
fn write(out: &Path, policies: &[PolicyConfig], name: &str, uses: impl FnOnce(&mut String, &[usize])) {
    let target = target(name).expect("it is a target");
    let folder = out.join(name);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let (mut modules, mut texts, mut numbers) = (String::new(), String::new(), Vec::new());
    for (number, config) in policies.iter().enumerate() {
        let policy = config.clone().into_policy().expect("the vectors have sound policies");
        let context = Context { name: format!("p{number}"), ..Context::default() };
        let Ok(exported) = export(target, &policy, &context) else { continue };
        let path = folder.join(format!("policy_{number}.rs"));
        fs::write(&path, exported.text).expect("the text can be written");
        let _ = writeln!(modules, "#[path = {path:?}]\npub(crate) mod policy_{number};");
        let _ = writeln!(texts, "    ({number}, include_str!({path:?})),");
        numbers.push(number);
    }
    let _ = writeln!(modules, "pub(crate) const TEXTS: &[(usize, &str)] = &[\n{texts}];");
    uses(&mut modules, &numbers);
    fs::write(folder.join("modules.rs"), modules).expect("the modules can be written");
}
