//! The documents of every project, one file each: its inputs and its content. A new document is a new file, its `mod` and a
//! line in [`register`].

mod paper;
mod report;
mod results;

use mf_pipeline::Registry;

use crate::code;

/// The page with the verdict of every claim.
pub(crate) const RESULTS: &str = "results.md";
/// The report: results, figures and formats in one HTML file.
pub(crate) const REPORT: &str = "report.html";
/// The typeset manuscript.
pub(crate) const PAPER: &str = "paper.pdf";

pub(crate) use paper::SOURCE as MANUSCRIPT;

/// Registers every document.
pub(crate) fn register(registry: &mut Registry) {
    registry
        .document::<results::Results>(code::RESULTS)
        .document::<report::HtmlReport>(code::REPORT)
        .document::<paper::Paper>(code::PAPER);
}
