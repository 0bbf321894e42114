//! What a document reads of the whole project.

use serde::Serialize;

/// What a document reads. Each becomes inputs of its own, so that the document is made again when one of them changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// The verdicts on the claims ([`crate::Job::verdicts`]), and the results and references they are judged by.
    Verdicts,
    /// Every table of every stage, as `stage.table`.
    Tables,
    /// The numbers of every stage that makes any, as `stage.numbers`.
    Numbers,
    /// The parameters of every stage ([`crate::Job::settings`]).
    Settings,
    /// The files of every figure with these endings, as `figure.ending`.
    Figures(&'static [&'static str]),
    /// Where every figure comes from ([`Origin`]), as `figure.origin`.
    Origins,
    /// A table (`stage.table`) or a number (`stage.number`), under this name.
    Output(String),
    /// A claim of this name; its verdict comes with [`Reads::Verdicts`].
    Claim(String),
    /// A figure of this name; its files come with [`Reads::Figures`].
    Figure(String),
    /// A file, by its path from the folder of `pipeline.toml`. Without the file there is no document.
    File(&'static str),
    /// A file that `pipeline.toml` names, by its path from the folder of `pipeline.toml`. It is an error if there is no such file.
    Named(String),
    /// The files of a folder with these endings, by their paths from the folder of `pipeline.toml`.
    Files {
        /// The folder.
        folder: &'static str,
        /// The endings.
        endings: &'static [&'static str],
    },
}

/// Where a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The figure.
    pub figure: String,
    /// Its sentence in `pipeline.toml`.
    pub about: String,
    /// Its published files, then those of the tables that it is drawn from, as paths from the folder of documents, with `/`.
    pub files: Vec<String>,
    /// The chain down to files with their hashes, as `mf explain` prints it, but without places in `pipeline.toml`: these
    /// move with every comment.
    pub text: String,
}
