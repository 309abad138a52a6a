//! The one root cause in the manner of a compiler: what is wrong, the lines that show it, and what to change.

use corsac_diagnosis::{Confidence, Evidence};

use super::evidence::{Recorded, evidence, remark};
use crate::printer::{Printer, Tone};

/// How bad it is that something is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The page has nothing of the call.
    Error,
    /// The page has the call, and not all that it wants.
    Warning,
    /// Nothing is wrong.
    Note,
}

/// Why a call came out as it did.
pub(crate) struct Why<'a> {
    pub(crate) severity: Severity,
    /// The identifier of the cause, or of the failure where that says it all.
    pub(crate) name: &'a str,
    pub(crate) story: String,
    pub(crate) evidence: &'a [Evidence],
    pub(crate) exchanges: Vec<Recorded<'a>>,
    /// What else there is to say, with a name each.
    pub(crate) remarks: Vec<(&'static str, String)>,
    pub(crate) confidence: Confidence,
    /// What to change; may be empty.
    pub(crate) remedy: String,
}

impl Why<'_> {
    pub(crate) fn print(&self, printer: &Printer) {
        let (word, tone) = match self.severity {
            Severity::Error => ("error", Tone::Bad),
            Severity::Warning => ("warning", Tone::Strong),
            Severity::Note => ("note", Tone::Hint),
        };
        printer.gap();
        printer.led(tone, &format!("{word}[{}]: ", self.name), 2, &self.story);
        evidence(self.evidence, &self.exchanges, printer);
        for (name, text) in &self.remarks {
            remark(name, text, printer);
        }
        match self.confidence {
            Confidence::Observed => {}
            Confidence::Inferred => {
                remark("note", "inferred: the exchange suggests it, and does not prove it", printer);
            }
            Confidence::Unknown => remark("note", "unknown: the exchange does not tell", printer),
        }
        if !self.remedy.is_empty() {
            printer.led(Tone::Hint, "help: ", 6, &self.remedy);
        }
    }
}
