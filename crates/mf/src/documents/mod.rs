//! The documents of every project, one file each: what they read, and how they are made. A new one is a new file and a line in
//! [`register`].

mod paper;
mod report;
mod results;

use mf_pipeline::Registry;

use crate::code;

/// The page of verdicts.
pub(crate) const RESULTS: &str = "results.md";
/// The report.
pub(crate) const REPORT: &str = "report.html";
/// The manuscript as it is read.
pub(crate) const PAPER: &str = "paper.pdf";

pub(crate) use paper::SOURCE as MANUSCRIPT;

/// Registers every document.
pub(crate) fn register(registry: &mut Registry) {
    registry
        .document::<results::Results>(code::RESULTS)
        .document::<report::HtmlReport>(code::REPORT)
        .document::<paper::Paper>(code::PAPER);
}
