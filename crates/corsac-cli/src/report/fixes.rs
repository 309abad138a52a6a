//! What to change, in the words of what answers there: the same for a check and for a recording.

use corsac_diagnosis::{Diagnosis, Fix, stacks_with_lines};

use crate::printer::{Printer, plain};

/// Prints every fix, and what to know beside.
pub(super) fn fixes(diagnosis: &Diagnosis, printer: &Printer) {
    for note in &diagnosis.notes {
        printer.note(note);
    }
    if let Some(refusal) = &diagnosis.refusal {
        printer.line("");
        printer.paragraph("no fix", refusal);
    }
    for one in &diagnosis.fixes {
        printer.line("");
        printer.paragraph("fix", &one.title);
        fix(one, printer);
    }
    let is_for_any_server = |fix: &Fix| fix.target == "http" && fix.policy.is_some();
    if diagnosis.stack.is_none() && diagnosis.fixes.iter().any(is_for_any_server) {
        let names: Vec<&str> = stacks_with_lines().map(|stack| stack.as_str()).collect();
        printer.line("");
        printer.note(format!(
            "the server does not say what it is; --stack NAME prints the lines for one of {}",
            names.join(", ")
        ));
    }
}

/// The steps. Their lines begin where the terminal does: whoever copies them takes no indentation along, which Python and
/// YAML would read.
fn fix(fix: &Fix, printer: &Printer) {
    for (index, step) in fix.steps.iter().enumerate() {
        let number = if fix.steps.len() > 1 { format!("  {}. ", index + 1) } else { "  ".to_owned() };
        printer.indented(&number, &format!("{}{}", step.place, step.colon()));
        if step.lines.is_empty() {
            continue;
        }
        printer.line("");
        for line in &step.lines {
            // A tab is a part of Caddy's and Go's lines, and no terminal obeys it.
            let shown: Vec<_> = line.split('\t').map(plain).collect();
            printer.line(shown.join("\t"));
        }
        let is_last = index + 1 == fix.steps.len() && fix.notes.is_empty();
        if !is_last {
            printer.line("");
        }
    }
    for note in &fix.notes {
        printer.indented("  = ", note);
    }
}
