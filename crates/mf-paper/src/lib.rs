//! Typesets a manuscript with Typst, in this process, from files in memory, with embedded fonts and without a network.
//!
//! | subject | module |
//! | --- | --- |
//! | the files of a manuscript, and the PDF | [`manuscript`] |
//! | errors and warnings, with their places | [`error`] |
//! | the world of Typst: files and fonts | `world` |
//!
//! It uses no clock, no random numbers and no paths of the machine: the same files give the same bytes.
//!
//! ```
//! use mf_paper::Manuscript;
//!
//! let mut manuscript = Manuscript::new("paper.typ");
//! manuscript.add("paper.typ", "The exponent is #json(\"results.json\").exponent.".into());
//! manuscript.add("results.json", "{ \"exponent\": 1.82 }".into());
//! let pdf = manuscript.compile()?;
//! assert_eq!(pdf.pages, 1);
//! assert!(pdf.bytes.starts_with(b"%PDF"));
//! # Ok::<(), mf_paper::PaperError>(())
//! ```

pub mod error;
pub mod manuscript;
mod world;

pub use error::{PaperError, Problem};
pub use manuscript::{Manuscript, Pdf};
