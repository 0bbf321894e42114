//! From the files of a manuscript to a PDF.

use std::collections::BTreeMap;

use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst::syntax::{DiagSpan, FileId};
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::error::{PaperError, Problem};
use crate::world::{PaperWorld, file_id, name};

/// The files of a manuscript.
#[derive(Debug, Clone)]
pub struct Manuscript {
    main: String,
    files: BTreeMap<String, Vec<u8>>,
}

/// A typeset manuscript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The PDF file.
    pub bytes: Vec<u8>,
    /// The number of pages.
    pub pages: usize,
    /// Warnings.
    pub warnings: Vec<Problem>,
}

impl Manuscript {
    /// A manuscript with the main file `main`, which must be added like the others.
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

    /// Typesets the manuscript. The same files give the same bytes.
    ///
    /// # Errors
    /// [`PaperError`] with every problem and its place. For a problem inside a function of another file, the place is
    /// that of its call in the main file, if there is one.
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
        let world = PaperWorld::new(main, &self.files);
        let refused = |errors: &[SourceDiagnostic]| PaperError {
            problems: errors.iter().map(|error| problem(&world, error)).collect(),
        };
        let compiled = typst::compile::<PagedDocument>(&world);
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
                .map(|w| problem(&world, w))
                .collect(),
        })
    }
}

fn problem(world: &PaperWorld, diagnostic: &SourceDiagnostic) -> Problem {
    let calls = diagnostic
        .trace
        .iter()
        .map(|call| DiagSpan::from(call.span));
    let spans: Vec<DiagSpan> = std::iter::once(diagnostic.span).chain(calls).collect();
    // The message of an assertion in a template is shown without the prefix.
    let message = diagnostic.message.as_str();
    let message = message
        .strip_prefix("assertion failed: ")
        .unwrap_or(message);
    let in_main = spans.iter().find(|span| span.id() == Some(world.main()));
    let span = in_main.or(spans.first()).copied();
    Problem {
        place: span.and_then(|span| place(world, span)).unwrap_or_default(),
        message: message.to_owned(),
        hints: diagnostic
            .hints
            .iter()
            .map(|hint| hint.v.to_string())
            .collect(),
    }
}

fn place(world: &PaperWorld, span: DiagSpan) -> Option<String> {
    let id: FileId = span.id()?;
    let start = world.range(span)?.start;
    let source = world.source(id).ok()?;
    let (line, column) = source.lines().byte_to_line_column(start)?;
    Some(format!("{}:{}:{}", name(id), line + 1, column + 1))
}
