//! Sets a manuscript: Typst, compiled in the process from files in memory, with embedded fonts and no network.
//!
//! | question | module |
//! | --- | --- |
//! | from files to a PDF | [`manuscript`] |
//! | what is wrong with a manuscript, and where | [`error`] |
//! | what Typst sees of the world | `desk` |
//!
//! There is no clock, no random number and no path of the machine in it: the same files give the same bytes.
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

mod desk;
pub mod error;
pub mod manuscript;

pub use error::{PaperError, Problem};
pub use manuscript::{Manuscript, Pdf};
