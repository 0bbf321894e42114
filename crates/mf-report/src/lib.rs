//! The results as one HTML file that needs nothing else: no network, no scripts from elsewhere, no fonts.
//!
//! | question | module |
//! | --- | --- |
//! | what a report holds | [`report`] |
//! | how it becomes HTML | `html` |
//!
//! Claims and figures are plain HTML and can be read without scripts; a script (`assets/report.js`) filters the claims
//! and answers the explorer of number formats from a table computed ahead.

mod html;
pub mod report;

pub use report::{Claim, Figure, Format, Link, Report, Row};
