//! The results as one HTML file that needs nothing else: no network, no scripts or fonts from elsewhere.
//!
//! | question | module |
//! | --- | --- |
//! | what a report holds | [`report`] |
//! | how the page is put together, and what a browser may run | `page` |
//! | its sections, from the top | `opening`, `explorer`, `claims`, `figures` |
//! | texts, JSON and SVG inside HTML | `escape` |
//!
//! Answer, claims and figures are plain HTML and can be read without scripts. `assets/report.js` sorts, filters and reads
//! values; `assets/explorer.js` answers for a format; `assets/theory.js` computes the depth scale of levels that a reader
//! types.

mod claims;
mod escape;
mod explorer;
mod figures;
mod opening;
mod page;
pub mod report;

pub use report::{Block, Claim, Figure, Format, Formats, Link, Opening, Report, ReportError, Row};
