//! From the files of a manuscript to a PDF.

use std::collections::BTreeMap;

use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst::syntax::{DiagSpan, FileId};
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::desk::{Desk, file_id, name};
use crate::error::{PaperError, Problem};

/// The files of a manuscript.
#[derive(Debug, Clone)]
pub struct Manuscript {
    main: String,
    files: BTreeMap<String, Vec<u8>>,
}

/// A manuscript that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// What a careful author would look at.
    pub warnings: Vec<Problem>,
}

impl Manuscript {
    /// A manuscript that begins with the file `main`, which is still to be added.
    pub fn new(main: impl Into<String>) -> Self {
        Self {
            main: main.into(),
            files: BTreeMap::new(),
        }
    }

    /// Adds a file under its path from the root of the manuscript, with `/` between folders.
    pub fn add(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.files.insert(path.into(), bytes);
    }

    /// Its files by their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let files = self.files.iter();
        files.map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Sets the manuscript. The same files give the same bytes.
    ///
    /// # Errors
    /// [`PaperError`] with every problem and its place. A problem that a function of another file met is told at the place
    /// in the main file that called it, if there is one.
    pub fn compile(&self) -> Result<Pdf, PaperError> {
        let alone = |message: String| PaperError {
            problems: vec![Problem {
                place: String::new(),
                message,
                hints: Vec::new(),
            }],
        };
        let main = file_id(&self.main)
            .ok_or_else(|| alone(format!("`{}` is not a path in a manuscript", self.main)))?;
        let desk = Desk::new(main, &self.files);
        let refused = |errors: &[SourceDiagnostic]| PaperError {
            problems: errors.iter().map(|error| problem(&desk, error)).collect(),
        };
        let compiled = typst::compile::<PagedDocument>(&desk);
        let document = compiled.output.map_err(|errors| refused(&errors))?;
        let options = PdfOptions {
            ident: Smart::Custom(self.main.clone()),
            ..PdfOptions::default()
        };
        let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| refused(&errors))?;
        Ok(Pdf {
            bytes,
            pages: document.pages().len(),
            warnings: compiled
                .warnings
                .iter()
                .map(|w| problem(&desk, w))
                .collect(),
        })
    }
}

fn problem(desk: &Desk, diagnostic: &SourceDiagnostic) -> Problem {
    let calls = diagnostic
        .trace
        .iter()
        .map(|call| DiagSpan::from(call.span));
    let spans: Vec<DiagSpan> = std::iter::once(diagnostic.span).chain(calls).collect();
    // What a template asserts is said in its own words.
    let message = diagnostic.message.as_str();
    let message = message
        .strip_prefix("assertion failed: ")
        .unwrap_or(message);
    let in_main = spans.iter().find(|span| span.id() == Some(desk.main()));
    let span = in_main.or(spans.first()).copied();
    Problem {
        place: span.and_then(|span| place(desk, span)).unwrap_or_default(),
        message: message.to_owned(),
        hints: diagnostic
            .hints
            .iter()
            .map(|hint| hint.v.to_string())
            .collect(),
    }
}

fn place(desk: &Desk, span: DiagSpan) -> Option<String> {
    let id: FileId = span.id()?;
    let start = desk.range(span)?.start;
    let source = desk.source(id).ok()?;
    let (line, column) = source.lines().byte_to_line_column(start)?;
    Some(format!("{}:{}:{}", name(id), line + 1, column + 1))
}
