//! What to change, in the words of what answers there: the same for a check and for a recording.

use corsac_diagnosis::Diagnosis;

use crate::printer::Printer;

pub(super) fn fixes(diagnosis: &Diagnosis, printer: &Printer) {
    for note in &diagnosis.notes {
        printer.note(note);
    }
    if let Some(refusal) = &diagnosis.refusal {
        printer.line("");
        printer.paragraph("no fix", refusal);
    }
    let is_shown = |target: &str| diagnosis.stack.is_some() || matches!(target, "http" | "corsac");
    for fix in diagnosis.fixes.iter().filter(|fix| is_shown(fix.target)) {
        printer.line("");
        printer.paragraph("fix", &fix.title);
        for line in fix.snippet.lines() {
            printer.line(format!("    {line}").trim_end());
        }
    }
    let others: Vec<&str> =
        diagnosis.fixes.iter().map(|fix| fix.target).filter(|target| !is_shown(target)).collect();
    if !others.is_empty() {
        printer.line("");
        printer.note(format!(
            "the server does not say what it is; --stack {} prints its lines",
            others.join(", or ")
        ));
    }
}
